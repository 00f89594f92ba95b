# The trainer with TensorFlow. Built by `make -C infra image` (Cloud Build), or here, from the repository's root:
#   docker build --file infra/trainer.Dockerfile --tag trainer .
# Dependabot updates the digest; `docker buildx imagetools inspect python:3.13-slim` prints the newest.
FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b

WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY function function
COPY trainer trainer
COPY emulation emulation
COPY release release
RUN pip install --no-cache-dir --require-hashes --requirement function/requirements.txt --requirement emulation/requirements.txt && \
    pip install --no-cache-dir --no-build-isolation ".[trainer]" && useradd --create-home trainer

USER trainer
WORKDIR /home/trainer
CMD ["python", "-m", "trainer", "--help"]
