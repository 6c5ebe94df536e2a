FROM nginx:1.27-alpine
COPY nginx.conf /etc/nginx/nginx.conf
COPY site/ /usr/share/nginx/html/
RUN mkdir -p /run /var/cache/nginx \
    && chown -R 101:101 /run /var/cache/nginx
USER 101:101
EXPOSE 8080
