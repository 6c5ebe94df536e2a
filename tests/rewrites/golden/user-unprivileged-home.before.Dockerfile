FROM alpine:3.20
WORKDIR /root/
COPY app .
CMD ["./app"]
