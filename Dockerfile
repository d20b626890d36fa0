# The page for a server: docker build -t mark --build-arg WHEELS=URL . && docker run --read-only -v mark-cache:/cache -p 7860:7860 mark
# Settings are environment variables, see docs/hosting.md.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1

WORKDIR /app
# URL: of PyTorch's list of builds for processors, in which the pinned torch is.
ARG WHEELS=
COPY hosting/requirements.lock hosting/requirements.lock
RUN pip install --no-cache-dir --disable-pip-version-check ${WHEELS:+--extra-index-url "$WHEELS"} \
    -r hosting/requirements.lock

COPY app.py LICENSE CITATION.cff ./
COPY mark_core mark_core
COPY assets assets
COPY sample_pages sample_pages
RUN python -m compileall -q mark_core

# All that is written goes into /cache, so that the rest may be read-only.
ENV HOME=/cache TMPDIR=/cache XDG_CACHE_HOME=/cache MARK_CACHE=/cache/words GRADIO_TEMP_DIR=/cache/gradio \
    GRADIO_ANALYTICS_ENABLED=False GRADIO_SERVER_NAME=0.0.0.0 GRADIO_SERVER_PORT=7860
RUN useradd --uid 1000 --no-create-home --home-dir /cache mark && mkdir /cache && chown mark:mark /cache
VOLUME /cache
USER 1000:1000
EXPOSE 7860

HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:7860/healthz', timeout=4)"]
CMD ["python", "app.py"]
