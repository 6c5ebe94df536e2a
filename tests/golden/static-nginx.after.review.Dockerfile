FROM debian:12

RUN apt-get update && apt-get install --no-install-recommends nginx -y && rm -rf /var/lib/apt/lists/*

COPY nginx.conf /etc/nginx/nginx.conf
COPY site /srv/site
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --shell /usr/sbin/nologin app \
    && mkdir -p /run /var/lib/nginx /var/log/nginx \
    && chown -R 10001:10001 /run /var/lib/nginx /var/log/nginx
USER 10001:10001

EXPOSE 8080
CMD ["nginx", "-g", "daemon off;"]
