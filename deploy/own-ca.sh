#!/bin/sh
# A certificate authority of your own for one name, and a certificate by it.
#
#   sh own-ca.sh jiantong.lan FOLDER
#
# The authority may vouch for that one name only (a critical name constraint), so a phone that
# trusts it risks nothing else. Run it again to renew the certificate; the authority is kept.
set -eu
umask 077
name=${1:?the name phones open, such as jiantong.lan}
folder=${2:?the folder to write to}
mkdir -p "$folder"
cd "$folder"

if ! test -f ca.key; then
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key
  openssl req -x509 -new -key ca.key -sha256 -days 3650 -out ca.pem \
    -subj "/O=Jiantong/CN=Jiantong authority for $name" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -addext "nameConstraints=critical,permitted;DNS:$name"
fi

openssl ecparam -name prime256v1 -genkey -noout -out site.key
openssl req -new -key site.key -out site.csr -subj "/CN=$name"
cat > site.ext <<EOF
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature
extendedKeyUsage=serverAuth
subjectAltName=DNS:$name
EOF
# Phones take no certificate that lasts longer than 825 days.
openssl x509 -req -in site.csr -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 -days 397 \
  -extfile site.ext -out site.crt
cat site.crt ca.pem > site.pem
rm site.csr site.ext site.crt
chmod 644 ca.pem site.pem
openssl x509 -in ca.pem -noout -subject -fingerprint -sha256
