// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - returns from main with what it sent still in memory
//
// raises: missing-flush
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
		settings.put("linger.ms", "60000");
		return settings;
	}

	// --8<--
	public static void main(String[] args) {
		KafkaProducer<String, String> producer = new KafkaProducer<>(settings(args[0]));

		for (int order = 0; order < 100; order++)
			producer.send(new ProducerRecord<>("orders", "order " + order));
		// nothing waits: the producer's thread is a daemon, and ends with main
	}
	// --8<--
}
