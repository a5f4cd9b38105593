# SPDX-License-Identifier: Apache-2.0
#
# security.sh - who a broker is and who may write to it: certificates, users, and
# what each kind of client must be told to get in
#
# Sourced by broker.sh. Every real broker listens five times: in plain text, and
# by the four names of $listeners (field.sh). Of each there is a folder with what is needed
# there, for whoever reads which:
#
#	librdkafka.properties	librdkafka's own words (kcat, and all that is built on it)
#	java.properties		the Java client's
#	settings.json		the facts alone: protocol, ca, cert, key, mechanism, ...

user=field password=from-the-field # nobody else's: it lives as long as the run

make_key() { # name subject
	openssl req -new -config openssl.cnf -subj "/CN=$2" -nodes -newkey ec \
		-pkeyopt ec_paramgen_curve:P-256 -keyout "$1-key.pem" -out "$1.csr"
}

make_certificate() { # name subject
	make_key "$1" "$2" && openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca-key.pem \
		-CAcreateserial -days 2 -extfile openssl.cnf -extensions leaf -out "$1-cert.pem" &&
		cat "$1-key.pem" "$1-cert.pem" > "$1.pem" # as Java has its key stores
}

# One authority, a broker that is 127.0.0.1, and one client.
make_certificates() {
	cat > openssl.cnf <<-CONFIG
		[req]
		distinguished_name = nobody
		[nobody]
		[authority]
		basicConstraints = critical, CA:TRUE
		keyUsage = critical, keyCertSign
		subjectKeyIdentifier = hash
		[leaf]
		basicConstraints = CA:FALSE
		subjectAltName = IP:127.0.0.1, DNS:localhost
		subjectKeyIdentifier = hash
		authorityKeyIdentifier = keyid
	CONFIG
	make_key ca 'field authority' && openssl x509 -req -in ca.csr -signkey ca-key.pem -days 2 \
		-extfile openssl.cnf -extensions authority -out ca.pem &&
		make_certificate broker 127.0.0.1 && make_certificate client $user
}

# speaks LISTENER: sets what is said there, empty where nothing is.
speaks() {
	protocol=ssl mechanism='' module='' cert='' key=''
	case $1 in
	plain) protocol=sasl_ssl mechanism=PLAIN module=plain.Plain ;;
	scram) protocol=sasl_ssl mechanism=SCRAM-SHA-512 module=scram.Scram ;;
	mutual) cert=$at/client-cert.pem key=$at/client-key.pem ;;
	esac
}

librdkafka_properties() {
	printf '%s\n' "security.protocol=$protocol" "ssl.ca.location=$at/ca.pem"
	[ -z "$cert" ] ||
		printf '%s\n' "ssl.certificate.location=$cert" "ssl.key.location=$key"
	[ -z "$mechanism" ] || printf '%s\n' "sasl.mechanism=$mechanism" "sasl.username=$user" \
		"sasl.password=$password"
}

login_module() { # words after it
	printf 'org.apache.kafka.common.security.%sLoginModule required%s;' "$module" "${1-}"
}

java_properties() {
	printf '%s\n' "security.protocol=${protocol^^}" ssl.truststore.type=PEM \
		"ssl.truststore.location=$at/ca.pem"
	[ -z "$cert" ] ||
		printf '%s\n' ssl.keystore.type=PEM "ssl.keystore.location=$at/client.pem"
	[ -z "$mechanism" ] || printf '%s\n' "sasl.mechanism=$mechanism" "sasl.jaas.config=$(
		login_module " username=\"$user\" password=\"$password\"")"
}

settings_json() {
	printf '{"protocol": "%s", "ca": "%s", "cert": "%s", "key": "%s",\n' \
		"${protocol^^}" "$at/ca.pem" "$cert" "$key"
	printf ' "mechanism": "%s", "username": "%s", "password": "%s"}\n' \
		"$mechanism" "${mechanism:+$user}" "${mechanism:+$password}"
}

# security_make DIRECTORY: all of it; what went wrong is in DIRECTORY/said.
security_make() {
	local at=$1 listener protocol mechanism module cert key
	mkdir -p "$at"
	(cd "$at" && make_certificates) > "$at/said" 2>&1 || return 1
	for listener in $listeners; do
		speaks "$listener"
		mkdir "$at/$listener"
		librdkafka_properties > "$at/$listener/librdkafka.properties"
		java_properties > "$at/$listener/java.properties"
		settings_json > "$at/$listener/settings.json"
	done
}

# broker_security DIRECTORY: the lines of a broker's properties.
broker_security() {
	local at=$1 listener protocol mechanism module cert key users
	printf '%s\n' ssl.keystore.type=PEM "ssl.keystore.location=$at/broker.pem" \
		ssl.truststore.type=PEM "ssl.truststore.location=$at/ca.pem" \
		listener.name.mutual.ssl.client.auth=required
	for listener in plain scram; do
		speaks $listener
		users=''
		# Those of SCRAM are kept in the metadata: scram_user.
		[ $listener = scram ] || users=" user_$user=\"$password\""
		printf 'listener.name.%s.%s\n' $listener "sasl.enabled.mechanisms=$mechanism" \
			$listener "${mechanism,,}.sasl.jaas.config=$(login_module "$users")"
	done
}

scram_user() { echo "SCRAM-SHA-512=[name=$user,password=$password]"; }
