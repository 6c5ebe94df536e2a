FROM ubuntu:24.04
USER 2000:2000
RUN echo build
USER root
RUN apt-get update
CMD ["/bin/app"]
