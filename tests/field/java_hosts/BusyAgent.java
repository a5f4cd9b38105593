// SPDX-License-Identifier: Apache-2.0
// BusyAgent - a -javaagent that has the client's classes transformed, again and again
//
// Its transformer gives every class back as it got it, which to the JVM is a
// class that was transformed. "redefine" as its argument: they become anew what
// their files have, as a debugger's hot swap does, three times.

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;

public class BusyAgent {
	static byte[] file(Class<?> of) throws Exception {
		String name = "/" + of.getName().replace('.', '/') + ".class";
		try (InputStream in = of.getResourceAsStream(name)) {
			ByteArrayOutputStream out = new ByteArrayOutputStream();
			byte[] part = new byte[8192];
			for (int got; (got = in.read(part)) > 0;)
				out.write(part, 0, got);
			return out.toByteArray();
		}
	}

	static int turns;

	static boolean turn(Instrumentation jvm, boolean redefines) throws Exception {
		Class<?>[] all = jvm.getAllLoadedClasses();
		if (all == null)
			return false; // the JVM ends
		boolean more = !redefines || ++turns < 3;
		for (Class<?> one : all) {
			if (!one.getName().matches("org[.]apache[.]kafka[.].*[.]"
					+ "(KafkaProducer|Sender|ProducerBatch)"))
				continue;
			if (redefines)
				jvm.redefineClasses(new ClassDefinition(one, file(one)));
			else
				jvm.retransformClasses(one);
		}
		return more;
	}

	public static void premain(String argument, Instrumentation jvm) {
		jvm.addTransformer(new ClassFileTransformer() {
			@Override
			public byte[] transform(ClassLoader loader, String name,
					Class<?> redefined,
					ProtectionDomain domain, byte[] bytes) {
				return bytes.clone();
			}
		}, true);
		Thread thread = new Thread(() -> {
			try {
				while (turn(jvm, "redefine".equals(argument)))
					Thread.sleep(150);
			} catch (Throwable e) {
				System.err.println("BusyAgent: " + e);
				Runtime.getRuntime().halt(9); // the row must not pass without it
			}
		});
		thread.setDaemon(true);
		thread.start();
	}
}
