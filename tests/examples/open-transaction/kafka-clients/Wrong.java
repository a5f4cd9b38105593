// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - ends within a transaction that it has begun
//
// raises: open-transaction
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

public class Wrong {
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
		KafkaProducer<String, String> producer = new KafkaProducer<>(settings(args[0]));

		producer.initTransactions();
		producer.beginTransaction();
		for (int order = 0; order < 100; order++)
			producer.send(new ProducerRecord<>("orders", "order " + order));
		producer.flush(); // delivered, but not committed
		// --8<--
	}
}
