FROM python:3.12
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
