FROM python:3.12 AS build
ENV PYTHONUNBUFFERED=1
RUN apt-get update && apt-get install -y gcc libpq-dev curl
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
RUN groupadd -g 5000 shop && useradd -u 5000 -g shop shop
COPY --chown=shop:shop . .
USER shop
HEALTHCHECK CMD curl -f http://127.0.0.1:8000/health
CMD ["gunicorn", "shop:app"]

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /app
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq5 curl \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /usr/local/lib/python3.12/site-packages /usr/local/lib/python3.12/site-packages
COPY --from=build /usr/local/bin /usr/local/bin
COPY --from=build --chown=5000:5000 /app /app
RUN groupadd -g 5000 shop && useradd -u 5000 -g shop shop
USER 5000:5000
HEALTHCHECK CMD curl -f http://127.0.0.1:8000/health
CMD ["gunicorn", "shop:app"]
