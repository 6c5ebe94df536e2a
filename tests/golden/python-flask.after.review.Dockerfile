# syntax=docker/dockerfile:1
# A small Flask shop, as many teams first write it.
FROM python:3.11 AS build

LABEL org.opencontainers.image.authors="web-team@example.com"

ENV FLASK_APP=app

WORKDIR /app

RUN apt-get update && \
    apt-get install --no-install-recommends -y gcc libpq-dev

# our own index needs a password
COPY requirements.txt .
RUN --mount=type=secret,id=pip,target=/etc/pip.conf,required=true pip install -r requirements.txt

COPY . .

EXPOSE 8000
CMD gunicorn --bind 0.0.0.0:8000 app:create_app

FROM python:3.11-slim
ENV FLASK_APP=app
WORKDIR /app
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq5 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/lib/python3.11/site-packages /usr/local/lib/python3.11/site-packages
COPY --from=build /usr/local/bin /usr/local/bin
COPY --from=build /app /app
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --shell /usr/sbin/nologin app \
    && install -d -o 10001 -g 10001 /app
USER 10001:10001
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=3)"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:create_app"]
