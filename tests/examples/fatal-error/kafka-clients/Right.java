// SPDX-License-Identifier: Apache-2.0
//
// Right.java - makes a new producer after a fatal error, and sends again what is missing
//
// meets: fatal-error
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.StringSerializer;

public class Right {
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
	/** True: all of it is committed. Else none is, and this producer is closed. */
	static boolean send(Properties settings) {
		try (var producer = new KafkaProducer<String, String>(settings)) {
			producer.initTransactions();
			producer.beginTransaction();
			for (int order = 0; order < 100; order++)
				producer.send(new ProducerRecord<>("orders", "order " + order));
			producer.commitTransaction();
			return true;
		} catch (KafkaException error) {
			System.err.println(error);
			return false;
		}
	}
	// --8<--

	public static void main(String[] args) {
		// An hour is more than the broker's transaction.max.timeout.ms.
		// --8<--
		if (!send(settings(args[0], "3600000")))
			send(settings(args[0], "60000")); // a new producer, with what it may have
		// --8<--
	}
}
