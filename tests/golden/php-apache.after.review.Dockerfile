FROM php:8.3-apache

SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ARG COMPOSER_SETUP_PHP_SHA256
RUN apt-get update && apt-get -y upgrade \
    && apt-get install --no-install-recommends -y libzip-dev unzip sudo \
    # the extension manager
    && curl -f -sSL -o /tmp/composer-setup.php https://get.example.com/composer-setup.php && echo "${COMPOSER_SETUP_PHP_SHA256}  /tmp/composer-setup.php" | sha256sum -c - && php /tmp/composer-setup.php && rm /tmp/composer-setup.php \
    && mv composer.phar /usr/local/bin/composer \
    && rm -rf /var/lib/apt/lists/*

RUN echo "www-data ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers
RUN docker-php-ext-install zip pdo_mysql

COPY . /var/www/html/
RUN chown -R www-data:www-data /var/www/html && chmod -R 755 /var/www/html/cache
RUN mkdir -p /run /var/log/apache2 /var/www/html/cache \
    && chown -R 33:33 /run /var/log/apache2 /var/www/html/cache
USER 33:33

EXPOSE 80
