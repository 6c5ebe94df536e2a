FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/*

# the service
WORKDIR /srv/shop
COPY . .
VOLUME /srv/shop/data

EXPOSE 8080
CMD ["python3", "shop.py"]
