// SPDX-License-Identifier: Apache-2.0
//
// Wrong.java - begins each instance with a copy of the same state.dir
//
// Its input it produces itself.
//
// raises: fenced
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;

public class Wrong {
	static final String INPUT = "input-" + UUID.randomUUID();
	static final Path IMAGE = Path.of(INPUT, "image");
	static String brokers;

	static void createTopic() throws Exception {
		Map<String, Object> settings = Map.of("bootstrap.servers", brokers);

		try (Admin admin = Admin.create(settings)) {
			admin.createTopics(List.of(new NewTopic(INPUT, 4, (short) 1))).all().get();
		}
	}

	static void produceInput() {
		Properties settings = new Properties();

		settings.put("bootstrap.servers", brokers);
		settings.put("key.serializer", StringSerializer.class);
		settings.put("value.serializer", StringSerializer.class);
		try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
			for (int order = 0; order < 100; order++)
				producer.send(new ProducerRecord<>(
						INPUT, "of " + order % 20, "an order"));
		}
	}

	static Topology topology() {
		StreamsBuilder builder = new StreamsBuilder();

		builder.<String, String>stream(INPUT).groupByKey().count().toStream()
				.mapValues(String::valueOf).to("counts");
		return builder.build();
	}

	static void copy(Path from, Path to) throws IOException {
		try (Stream<Path> all = Files.walk(from)) {
			for (Path path : (Iterable<Path>) all::iterator) {
				Path copied = to.resolve(from.relativize(path));

				if (Files.isDirectory(path))
					Files.createDirectories(copied);
				else
					Files.copy(path, copied);
			}
		}
	}

	static KafkaStreams start(Path state) throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		Properties settings = new Properties();

		settings.put("application.id", "orders-" + INPUT);
		settings.put("bootstrap.servers", brokers);
		settings.put("auto.offset.reset", "earliest");
		settings.put("default.key.serde", Serdes.StringSerde.class);
		settings.put("default.value.serde", Serdes.StringSerde.class);
		settings.put("processing.guarantee", "exactly_once_v2");
		settings.put("state.dir", state.toString());
		KafkaStreams streams = new KafkaStreams(topology(), settings);
		streams.setStateListener((now, before) -> {
			if (now == KafkaStreams.State.RUNNING)
				running.countDown();
		});
		streams.start();
		running.await();
		return streams;
	}

	// --8<--
	static KafkaStreams startInstance(int instance) throws Exception {
		Path state = Path.of(INPUT, "orders-" + instance);

		// Streams keeps a random number there, of which it makes its transactional.ids.
		copy(IMAGE, state);
		return start(state);
	}
	// --8<--

	public static void main(String[] args) throws Exception {
		brokers = args[0];
		createTopic();
		produceInput();
		start(IMAGE).close(Duration.ofSeconds(60));
		KafkaStreams first = startInstance(0);
		KafkaStreams second = startInstance(1);
		for (int times = 0; times < 10; times++) {
			produceInput();
			Thread.sleep(500);
		}
		first.close(Duration.ofSeconds(60));
		second.close(Duration.ofSeconds(60));
	}
}
