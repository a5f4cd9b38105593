// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - goes on with a producer that has stopped for good
//
// raises: fatal-error
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

public class Wrong {
	static Properties settings(String brokers, String timeout) {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("transactional.id", "orders");
		settings.put("transaction.timeout.ms", timeout);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		return settings;
	}

	// --8<--
	static void send(KafkaProducer<String, String> producer) {
		try {
			producer.initTransactions(); // the broker refuses it
			producer.beginTransaction();
		} catch (KafkaException error) {
			System.err.println(error);
		}
		for (int order = 0; order < 100; order++)
			try {
				producer.send(new ProducerRecord<>("orders", "order " + order));
			} catch (KafkaException error) {
				System.err.println(error); // after a fatal error each is refused
			}
	}
	// --8<--

	public static void main(String[] args) {
		// An hour is more than the broker's transaction.max.timeout.ms.
		try (var producer = new KafkaProducer<String, String>(
				settings(args[0], "3600000"))) {
			send(producer);
		}
	}
}
