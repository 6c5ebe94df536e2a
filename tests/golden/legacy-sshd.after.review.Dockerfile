FROM ubuntu:24.04
LABEL Maintainer="ops"
ENV DEBIAN_FRONTEND noninteractive
RUN apt-get update && apt-get install --no-install-recommends openssh-server supervisor sudo vim -y && rm -rf /var/lib/apt/lists/*
RUN mkdir /var/run/sshd && echo 'root:ChangeMe2019' | chpasswd
RUN sed -i 's/#PermitRootLogin.*/PermitRootLogin yes/' /etc/ssh/sshd_config
COPY service.sh /opt/service.sh
RUN chmod 755 /opt/service.sh
COPY supervisord.conf /etc/supervisor/conf.d/
EXPOSE 22 9000
CMD ["/usr/bin/supervisord", "-n"]
