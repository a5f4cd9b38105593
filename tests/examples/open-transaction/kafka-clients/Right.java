// SPDX-License-Identifier: Apache-2.0
//
// Right.java - commits what it has begun
//
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.StringSerializer;

public class Right {
	static Properties settings(String brokers) {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		settings.put("transactional.id", "orders-1");
		return settings;
	}

	public static void main(String[] args) {
		// --8<--
		try (KafkaProducer<String, String> producer =
				new KafkaProducer<>(settings(args[0]))) {
			producer.initTransactions();
			producer.beginTransaction();
			try {
				for (int order = 0; order < 100; order++)
					producer.send(
						new ProducerRecord<>("orders", "order " + order));
				producer.commitTransaction(); // flushes, too
			} catch (ProducerFencedException error) {
				throw error; // only close() is left
			} catch (KafkaException error) {
				producer.abortTransaction(); // and send the orders again
				throw error;
			}
		}
		// --8<--
	}
}
