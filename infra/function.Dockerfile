# The function as an image, for Docker, Cloud Run and Kubernetes. From the repository's root:
#   docker build --file infra/function.Dockerfile --target function --tag digits .
# Dependabot updates the digest; `docker buildx imagetools inspect python:3.13-slim` prints the newest.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS function
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY function/requirements.txt ./
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps --requirement requirements.txt
COPY function ./
# Any unprivileged user may write results here; a volume keeps them.
RUN python -m compileall -q . && mkdir -m 1777 data

# Served by uvicorn, and freed memory goes back to the system, as infra/terraform/function.tf has it.
ENV FUNCTION_USE_ASGI=1 MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=131072
ENV PORT=8080 SQLITE_FILE=/app/data/results.sqlite
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/health', timeout=4)"]
CMD ["functions-framework", "--target=digits"]

# What compose.yaml starts beside the function: the page, and the trainer's commands on the release model.
FROM function AS local
WORKDIR /local
ENV PYTHONPATH=/app:/local
COPY emulation ./emulation
COPY frontend ./frontend
COPY infra/archive.py infra/page.py ./infra/
COPY release ./release
COPY trainer ./trainer
HEALTHCHECK NONE
CMD ["python", "-m", "trainer", "list"]
