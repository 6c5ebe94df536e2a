FROM registry.example/ubi9/ubi:9.4
RUN dnf install -y java-17-openjdk-headless && dnf clean all
WORKDIR /opt/shop
COPY shop.jar .
RUN groupadd --gid 10001 app \
    && useradd --uid 10001 --gid 10001 --no-log-init --create-home --shell /sbin/nologin app \
    && install -d -o 10001 -g 10001 /opt/shop
USER 10001:10001
ENTRYPOINT ["java", "-jar", "shop.jar"]
