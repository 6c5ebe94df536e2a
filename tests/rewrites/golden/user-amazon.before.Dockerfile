FROM amazonlinux:2023
COPY app /usr/local/bin/app
CMD ["app"]
