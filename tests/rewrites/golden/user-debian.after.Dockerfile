FROM debian:12-slim
RUN apt-get update && apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/*

# the service
WORKDIR /srv/shop
COPY . .
RUN install -d -o 10001 -g 10001 /srv/shop/data
VOLUME /srv/shop/data
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --shell /usr/sbin/nologin app \
    && install -d -o 10001 -g 10001 /srv/shop \
    && mkdir -p /srv/shop/uploads \
    && chown -R 10001:10001 /srv/shop/uploads \
    && chown 10001:10001 /srv/shop/shop.sqlite3
USER 10001:10001

EXPOSE 8080
CMD ["python3", "shop.py"]
