// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - is ended by SIGTERM in the middle of its work
//
// A JVM ends by itself on SIGTERM, with the status 143, so that this is what is found.
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
		settings.put("delivery.timeout.ms", "120000");
		return settings;
	}

	/** As a supervisor does. */
	static int order(int number) throws Exception {
		if (number == 100)
			new ProcessBuilder("kill", "-TERM", "" + ProcessHandle.current().pid())
				.start().waitFor();
		Thread.sleep(1);
		return number;
	}

	// --8<--
	public static void main(String[] args) throws Exception {
		try (KafkaProducer<String, String> producer =
				new KafkaProducer<>(settings(args[0]))) {
			for (int i = 0;; i++) // until SIGTERM, which ends no try block
				producer.send(new ProducerRecord<>("orders", "order " + order(i)));
		}
	}
	// --8<--
}
