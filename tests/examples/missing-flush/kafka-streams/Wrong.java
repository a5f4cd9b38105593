// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - exits without close()
//
// Its input it produces itself, beforehand.
//
// raises: missing-flush
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;

public class Wrong {
	static final String INPUT = "input-" + UUID.randomUUID();
	static final CountDownLatch LEFT = new CountDownLatch(100);

	static void produceInput(String brokers) {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
			for (int order = 0; order < 100; order++)
				producer.send(new ProducerRecord<>(INPUT, "order " + order));
		}
	}

	static Properties settings(String brokers) {
		Properties settings = new Properties();

		settings.put("application.id", "orders-" + INPUT);
		settings.put("bootstrap.servers", brokers);
		settings.put("auto.offset.reset", "earliest");
		settings.put("commit.interval.ms", "600000");
		settings.put("producer.linger.ms", "600000");
		settings.put("producer.delivery.timeout.ms", "700000");
		settings.put("default.key.serde", Serdes.StringSerde.class);
		settings.put("default.value.serde", Serdes.StringSerde.class);
		settings.put("state.dir", System.getProperty("java.io.tmpdir") + "/" + INPUT);
		return settings;
	}

	static Topology topology() {
		StreamsBuilder builder = new StreamsBuilder();

		builder.<String, String>stream(INPUT).mapValues(value -> {
			LEFT.countDown();
			return value + ", checked";
		}).to("orders");
		return builder.build();
	}

	public static void main(String[] args) throws Exception {
		produceInput(args[0]);
		// --8<--
		KafkaStreams streams = new KafkaStreams(topology(), settings(args[0]));

		streams.start();
		LEFT.await(); // all were read and mapped ...
		System.exit(0); // ... and are in the producer's memory
		// --8<--
	}
}
