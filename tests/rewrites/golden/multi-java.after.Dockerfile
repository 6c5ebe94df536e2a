FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /build
COPY . .
RUN mvn -B package
ENTRYPOINT ["java", "-jar", "target/shop.jar"]

FROM eclipse-temurin:21-jre
WORKDIR /build
COPY --from=build /build/target/shop.jar /build/target/shop.jar
ENTRYPOINT ["java", "-jar", "target/shop.jar"]
