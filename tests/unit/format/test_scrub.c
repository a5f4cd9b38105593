/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_scrub.c - which parts of a command line are hidden, and which are not.
 *
 * Every secret contains "hush", and nothing else does: the result must not
 * contain it. Rows without a secret must stay unchanged.
 */
#include "format/scrub.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

#define ARGUMENTS 5

/* What is left of a secret is not asked word by word, only what must still be there. */
struct row {
	const char *arguments[ARGUMENTS];
	const char *keeps; /* NULL: nothing in particular */
};

#define PEM(kind)                                                                              \
	"-----BEGIN " kind "PRIVATE KEY-----\nhushMIIEvQ\nIBADhushAN\n-----END " kind          \
	"PRIVATE KEY-----"

/* clang-format off */
static const struct row secrets[] = {
	/* options */
	{ { "--password=hush" }, "--password=" },
	{ { "--password=my hush, and=more hush" }, "--password=" },
	{ { "--password='hush'\"hush\"" }, "--password=" },
	{ { "--password", "hush", "--topic", "orders" }, "--topic|orders" },
	{ { "--password", "-hush", "orders" }, "orders" },
	{ { "-password", "hush" }, "-password" },
	{ { "--sasl-password", "hush" }, NULL },
	{ { "--sasl.password", "hush" }, NULL },
	{ { "--passphrase=hush" }, NULL },
	{ { "--api-key", "hush" }, NULL },
	{ { "--api_key=hush" }, NULL },
	{ { "--apiKey=hush" }, NULL },
	{ { "--client-secret", "hush" }, NULL },
	{ { "--token", "hush" }, NULL },
	{ { "--auth", "user:hush" }, NULL },
	{ { "--private-key=hush" }, NULL },
	{ { "-Dsasl.password=hush", "-jar", "p.jar" }, "-jar|p.jar" },
	{ { "-Dpassword=hush" }, NULL },
	{ { "-Xsasl.password=hush" }, NULL },
	{ { "-storepass", "hush" }, NULL },
	{ { "-passin", "pass:hush" }, NULL },
	{ { "-u", "user:hush", "http://host/" }, "user:|http://host/" },
	{ { "--user", "user:hush1" }, "user:" },
	{ { "--from-literal=password=hush" }, "--from-literal=" },
	{ { "--set", "a=1,kafka.password=hush,b=2" }, "a=1|b=2" },
	{ { "--PASSWORD=hush" }, NULL },

	/* settings */
	{ { "-X", "sasl.password=hush", "-t", "orders" }, "-t|orders" },
	{ { "sasl.password=hush" }, "sasl.password=" },
	{ { "sasl.password=hush,hush;hush&hush hush" }, NULL },
	{ { "sasl.password = hush" }, NULL },
	{ { "ssl.key.password=hush" }, NULL },
	{ { "ssl.keystore.key=hush" }, NULL },
	{ { "ssl.key.pem=hush" }, NULL },
	{ { "ssl.truststore.password=hush" }, NULL },
	{ { "basic.auth.user.info=user:hush" }, NULL },
	{ { "sasl.username=u\nsasl.password=hush hush\nacks=all" }, "sasl.username=u|acks=all" },
	{ { "acks=all sasl.password=hush linger.ms=5" }, "acks=all|linger.ms=5" },
	{ { "user=u&password=hush&acks=1" }, "user=u|acks=1" },
	{ { "user=u;password=hu}sh&hush;acks=1" }, "user=u|acks=1" },
	{ { "password: hush hush" }, NULL },
	{ { "kafka:\n  password: hush\n  topic: orders" }, "topic: orders" },
	{ { "Endpoint=sb://h/;SharedAccessKeyName=n;SharedAccessKey=hush=;EntityPath=orders" },
	  "SharedAccessKeyName=n|EntityPath=orders" },
	{ { "DefaultEndpointsProtocol=https;AccountName=n;AccountKey=hush==" }, "AccountName=n" },

	/* environments */
	{ { "env", "KAFKA_PASSWORD=hush", "./producer" }, "./producer" },
	{ { "KAFKA_PASSWORD_OLD=hush" }, NULL },
	{ { "PASSWORD2=hush" }, NULL },
	{ { "AWS_SECRET_ACCESS_KEY=hush/hush+hush" }, NULL },
	{ { "GITHUB_TOKEN=hush" }, NULL },
	{ { "sh", "-c", "KAFKA_PASSWORD=hush ./producer" }, "sh|-c" },
	{ { "sh", "-c", "exec env A=1 DB_PASS=hush ./producer --topic orders" },
	  "./producer --topic orders" },
	{ { "sh", "-c", "./producer --password hush --topic orders" }, NULL },
	{ { "sh", "-c", "./producer --password 'hush hush' --topic orders" }, "--topic orders" },
	{ { "sh", "-c", "./producer --token=hush --topic orders" }, "--topic orders" },

	/* JSON, and what looks like it */
	{ { "{\"password\":\"hush\"}" }, "{\"password\":" },
	{ { "{\"user\":\"u\",\"password\":\"hush\",\"acks\":1}" }, "\"user\":\"u\"|\"acks\":1" },
	{ { "{\"sasl.password\" : \"hu\\\"sh hush\", \"acks\": 1}" }, "\"acks\": 1" },
	{ { "--config={\"sasl.password\":\"hush\\\\\",\"acks\":\"1\"}" }, "\"acks\":\"1\"" },
	{ { "{'sasl.password': 'hush hush', 'acks': 1}" }, "'acks': 1" },
	{ { "{\\\"password\\\":\\\"hu\\\\\\\"sh\\\",\\\"acks\\\":1}" }, "\\\"acks\\\":1" },
	{ { "\"{\\\"password\\\":\\\"hush\"" }, NULL },
	{ { "{\"passwords\":[\"hush\",\"hush\"],\"acks\":1}" }, "\"acks\":1" },
	{ { "{\"secret\":{\"value\":\"hush\"},\"acks\":1}" }, "\"acks\":1" },
	{ { "{password:hush,acks:1}" }, "acks:1" },
	{ { "{\"accessToken\":\"hush\"}" }, NULL },
	{ { "{\"private_key\":\"hush\"}" }, NULL },
	{ { "{\"password\":\"hush" }, NULL },
	{ { "dict(password => \"hush\")" }, NULL },

	/* JAAS */
	{ { "org.apache.kafka.PlainLoginModule required username=\"u\" password=\"hush\";" },
	  "username=\"u\"" },
	{ { "sasl.jaas.config=X required username=\"u\" password=\"hu\\\"sh\";" }, NULL },
	{ { "--command-property", "sasl.jaas.config=X required username=u password=hush;" },
	  NULL },
	{ { "{\"sasl.jaas.config\":\"X required password=\\\"hush\\\";\",\"acks\":\"1\"}" },
	  "\"acks\":\"1\"" },
	{ { "X required clientId=\"u\" clientSecret=\"hush\" scope=\"s\";" }, "scope=\"s\"" },

	/* URLs */
	{ { "http://user:hush@host:8081/path" }, "http://user:|@host:8081/path" },
	{ { "amqp://user:hu/sh@host/vhost" }, "@host/vhost" },
	{ { "http://user:hu@sh@host" }, "@host" },
	{ { "http://user:12#hush@host" }, "@host" },
	{ { "http://:hush@host" }, "@host" },
	{ { "a=1 url=postgres://user:hush@h1,h2/db b=2" }, "@h1,h2/db b=2" },
	{ { "user:hush@host:9092" }, "@host:9092" },
	{ { "http://host/p?access_token=hush&acks=1" }, "http://host/p|acks=1" },
	{ { "http://host/p?acks=1&api_key=hush#f" }, "acks=1" },
	{ { "https://b.s3.com/k?X-Amz-Signature=hush&X-Amz-Expires=60" }, "X-Amz-Expires=60" },
	{ { "https://a.windows.net/c?sv=1&sig=hush%3D" }, "sv=1" },
	{ { "http://host/?next=x%3Fpassword%3Dhush" }, "http://host/" },

	/* HTTP */
	{ { "-H", "Authorization: Bearer hush" }, "Authorization:" },
	{ { "-H", "authorization: Basic hush==" }, NULL },
	{ { "-HAuthorization: Digest username=\"u\", response=\"hush\"" }, NULL },
	{ { "--header=Proxy-Authorization: hush hush" }, NULL },
	{ { "-H", "Cookie: a=hush; b=\"hush\"" }, "Cookie:" },
	{ { "Set-Cookie: id=hush; Path=/" }, NULL },
	{ { "-H", "X-Api-Key: hush" }, NULL },
	{ { "-H", "X-Auth-Token: hush" }, NULL },
	{ { "curl", "-H", "Authorization:", "Bearer", "hush" }, "curl" },
	{ { "sh", "-c", "curl -H 'Authorization: Bearer hush' http://host/" }, "http://host/" },
	{ { "got Bearer hush1234567890 from it" }, "from it" },
	{ { "--cookie", "a=hush" }, NULL },

	/* by their shape */
	{ { "AKIAHUSHHUSHHUSH1234" }, NULL },
	{ { "--id=ASIAHUSHHUSHHUSH1234", "orders" }, "orders" },
	{ { "ghp_hushhushhushhushhush1234" }, NULL },
	{ { "https://ghp_hushhushhushhushhush1234@github.com/a/b" }, "@github.com/a/b" },
	{ { "xoxb-1234567890-hush" }, NULL },
	{ { "eyJhushhushhushhush.eyJhush.hush" }, NULL },
	{ { PEM("") }, "-----END PRIVATE KEY-----" },
	{ { "x=" PEM("RSA ") " y=1" }, "y=1" },
	{ { PEM("ENCRYPTED ") }, NULL },
	{ { "-----BEGIN EC PRIVATE KEY-----\nhush" }, NULL },
};

static const struct row harmless[] = {
	{ { "./producer", "--topic", "password-resets" }, NULL },
	{ { "./producer", "--topic", "token-events", "--acks", "all" }, NULL },
	{ { "--topic=password-resets" }, NULL },
	{ { "--topics=password-resets,token-events" }, NULL },
	{ { "password-resets" }, NULL },
	{ { "password-resets:3" }, NULL },
	{ { "token-events=5" }, NULL },
	{ { "topics: token-events:3,secret-santa:1" }, NULL },
	{ { "/etc/secrets/password" }, NULL },
	{ { "/run/secrets/kafka:/etc/kafka:ro" }, NULL },
	{ { "-v", "/run/secrets/password:/etc/password:ro" }, NULL },
	{ { "--password-file=/etc/kafka/password" }, NULL },
	{ { "--password-file", "/etc/kafka/password" }, NULL },
	{ { "--password-stdin", "registry" }, NULL },
	{ { "--no-password", "orders" }, NULL },
	{ { "ssl.key.location=/etc/kafka/key.pem" }, NULL },
	{ { "ssl.keystore.location=/etc/kafka/password.jks" }, NULL },
	{ { "sasl.oauthbearer.token.endpoint.url=https://host/token" }, NULL },
	{ { "--token-ttl=300" }, NULL },
	{ { "-p", "9092" }, NULL },
	{ { "-b", "127.0.0.1:9092", "-t", "orders" }, NULL },
	{ { "--user", "1000:1000" }, NULL },
	{ { "-u", "producer.py" }, NULL },
	{ { "sasl.username=user", "sasl.mechanism=PLAIN", "acks=all" }, NULL },
	{ { "key.serializer=org.apache.kafka.StringSerializer" }, NULL },
	{ { "partition.key=orders", "--key=17", "--message-key", "k" }, NULL },
	{ { "http://host:8081/subjects/orders-value" }, NULL },
	{ { "http://host:8081/users/me@example.com" }, NULL },
	{ { "ssh://git@host/repository" }, NULL },
	{ { "git@github.com:a/b.git" }, NULL },
	{ { "the bearer of orders" }, NULL },
	{ { "--tokenizer=standard" }, NULL },
	{ { "--author=joe" }, NULL },
	{ { "--bypass", "orders" }, NULL },
	{ { "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----" }, NULL },
	{ { "{\"topic\":\"password-resets\",\"key\":\"k\",\"n\":[1,2]}" }, NULL },
	{ { "cannot read '/x/token.trace': No such file or directory" }, NULL },
	{ { "C\xc3\xb6ln", "", "-", "--", "=" }, NULL },
	{ { ":", "a=", "\"", "--x=", "@" }, NULL },
};
/* clang-format on */

/* Of every row, so that what goes out of bounds is seen by a sanitizer and by valgrind. */
static char *own_copy(const char *text, size_t bytes)
{
	char *copy = malloc(bytes + 1);

	assert_non_null(copy);
	memcpy(copy, text, bytes);
	return copy;
}

/* The arguments, scrubbed, with '|' between. */
static const char *scrubbed(const struct row *row)
{
	static char shown[1024];
	struct scrub scrub = {0};
	size_t at = 0;

	for (size_t i = 0; i < ARGUMENTS && row->arguments[i]; i++) {
		size_t bytes = strlen(row->arguments[i]);
		char *argument = own_copy(row->arguments[i], bytes);

		if (i)
			shown[at++] = '|';
		at += scrub_argument(&scrub, argument, bytes, shown + at,
				     sizeof(shown) - at - 2);
		free(argument);
	}
	shown[at] = '\0';
	return shown;
}

static bool has_hush(const char *text)
{
	return scrub_holds(text, strlen(text), "hush");
}

static void keeps_all(const char *shown, const char *keeps)
{
	char *words = strdup(keeps ? keeps : ""), *rest = words, *word;

	while ((word = strsep(&rest, "|")))
		if (!strstr(shown, word))
			fail_msg("'%s' is not shown any more: %s", word, shown);
	free(words);
}

static void no_secret_is_shown(void **state)
{
	size_t leaks = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		const char *shown = scrubbed(&secrets[i]);

		if (has_hush(shown) || !strstr(shown, "***")) {
			printf("row %zu: %s\n", i, shown);
			leaks++;
		}
		keeps_all(shown, secrets[i].keeps);
	}
	printf("%zu secrets\n", sizeof(secrets) / sizeof(*secrets));
	assert_int_equal(leaks, 0);
}

static void what_is_no_secret_stays(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(*harmless); i++) {
		char given[1024] = "";

		for (size_t j = 0; j < ARGUMENTS && harmless[i].arguments[j]; j++)
			snprintf(given + strlen(given), sizeof(given) - strlen(given), "%s%s",
				 j ? "|" : "", harmless[i].arguments[j]);
		assert_string_equal(scrubbed(&harmless[i]), given);
	}
}

/* The tool scrubs once more what the shim did. */
static void once_more_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		char *once = strdup(scrubbed(&secrets[i]));
		struct row again = {.keeps = NULL};
		char *rest = once;

		for (size_t j = 0; j < ARGUMENTS && rest; j++)
			again.arguments[j] = strsep(&rest, "|");
		const char *twice = scrubbed(&again);
		assert_false(has_hush(twice));
		free(once);
	}
}

/* /proc/self/cmdline is read up to a limit: a command may end anywhere. */
static void a_secret_that_is_cut_off_is_none_the_less_hidden(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(secrets) / sizeof(*secrets); i++) {
		const char *whole = secrets[i].arguments[0];
		const char *hush = strstr(whole, "hush");

		/* A shape that is cut is none, nor is a host behind an @ that is not there. */
		if (!hush || strchr(whole, '@') || scrub_shape(whole, strlen(whole)) ||
		    strstr(whole, "Bearer hush1"))
			continue;
		for (size_t bytes = (size_t)(hush - whole) + 4; bytes < strlen(whole);
		     bytes++) {
			char shown[512];
			char *cut = own_copy(whole, bytes);
			size_t length = scrub_text(cut, bytes, shown, sizeof(shown) - 1);

			free(cut);
			shown[length] = '\0';
			if (has_hush(shown))
				fail_msg("row %zu, %zu bytes: %s", i, bytes, shown);
		}
	}
}

static void no_more_is_written_than_there_is_room(void **state)
{
	(void)state;
	for (size_t room = 0; room < 40; room++) {
		char to[41];
		struct scrub scrub = {0};

		memset(to, '#', sizeof(to));
		size_t bytes =
			scrub_argument(&scrub, "a=1,b=2 password=hush and x=1", 29, to, room);
		assert_true(bytes <= room);
		assert_int_equal(to[room], '#');
		scrub = (struct scrub){.hides_next = true};
		assert_true(scrub_argument(&scrub, "hush", 4, to, room) <= room);
		scrub = (struct scrub){.next_is_user_info = true};
		assert_true(scrub_argument(&scrub, "user:hush", 9, to, room) <= room);
		assert_int_equal(to[room], '#');
	}
}

/* Whatever bytes: it ends, and within its bounds. */
static void any_bytes_are_a_text(void **state)
{
	static const char letters[] = "\"'\\=:@/[{}],;& \n-._pP%3DaAtokenkeypass\xff\0";
	uint64_t chance = 88172645463325252u;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char shown[256];
		size_t bytes = (size_t)i % 61;
		char *text = own_copy("", 0);

		text = realloc(text, bytes + 1);
		for (size_t j = 0; j < bytes; j++) {
			chance ^= chance << 13;
			chance ^= chance >> 7;
			chance ^= chance << 17;
			text[j] = letters[chance % sizeof(letters)];
		}
		assert_true(scrub_text(text, bytes, shown, sizeof(shown)) <= sizeof(shown));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_secret_is_shown),
		cmocka_unit_test(what_is_no_secret_stays),
		cmocka_unit_test(once_more_changes_nothing),
		cmocka_unit_test(a_secret_that_is_cut_off_is_none_the_less_hidden),
		cmocka_unit_test(no_more_is_written_than_there_is_room),
		cmocka_unit_test(any_bytes_are_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
