# The trainer with TensorFlow. Built by `make -C infra image` (Cloud Build), or here, from the repository's root:
#   docker build -f infra/trainer.Dockerfile -t trainer .
FROM python:3.13-slim

WORKDIR /app
COPY pyproject.toml README.md LICENSE ./
COPY function function
COPY trainer trainer
COPY emulation emulation
COPY release release
RUN pip install --no-cache-dir --require-hashes --requirement function/requirements.txt && \
    pip install --no-cache-dir ".[trainer]" && useradd --create-home trainer

USER trainer
WORKDIR /home/trainer
CMD ["python", "-m", "trainer", "--help"]
