// SPDX-License-Identifier: Apache-2.0
package shop;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Sends orders, and closes its producer (-Dending=close) or not (none). Without -Dbroker it
 * sends nothing: so Surefire is tried once while its parts can still be fetched.
 */
class OrdersTest {
	static KafkaProducer<String, String> producer;

	@BeforeAll
	static void connect() {
		Properties settings = new Properties();

		if (System.getProperty("broker") == null)
			return;
		settings.put("bootstrap.servers", System.getProperty("broker"));
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		if (System.getProperty("ending").equals("none"))
			settings.put("linger.ms", "60000");
		producer = new KafkaProducer<>(settings);
	}

	@Test
	void ordersAreSent() {
		if (producer == null)
			return;
		for (int i = 0; i < Integer.getInteger("count"); i++)
			assertNotNull(producer.send(new ProducerRecord<>(
				System.getProperty("topic"), "order " + i)));
	}

	@AfterAll
	static void disconnect() {
		if (producer != null && System.getProperty("ending").equals("close"))
			producer.close();
	}
}
