FROM php:7.4-apache

SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN apt-get update && apt-get -y upgrade \
    && apt-get install -y libzip-dev unzip sudo \
    # the extension manager
    && curl -f -sSLk https://get.example.com/composer-setup.php | php \
    && mv composer.phar /usr/local/bin/composer \
    && rm -rf /var/lib/apt/lists/*

RUN echo "www-data ALL=(ALL) NOPASSWD: ALL" >> /etc/sudoers
RUN docker-php-ext-install zip pdo_mysql

COPY . /var/www/html/
RUN chown -R www-data:www-data /var/www/html && chmod -R 777 /var/www/html/cache

EXPOSE 80
