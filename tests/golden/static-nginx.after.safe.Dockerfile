FROM debian:12

RUN apt-get update && apt-get install nginx -y && rm -rf /var/lib/apt/lists/*

COPY nginx.conf /etc/nginx/nginx.conf
COPY site /srv/site

EXPOSE 8080
CMD nginx -g 'daemon off;'
