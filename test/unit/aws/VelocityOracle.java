import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.*;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

/** Renders templates with Apache Velocity: one each line, base64, in and out; "!" for one that it refuses. */
public class VelocityOracle {
  public static void main(String[] args) throws Exception {
    VelocityEngine engine = new VelocityEngine();
    engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
    engine.init();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
    int count = 0;
    for (String line; (line = in.readLine()) != null;) {
      VelocityContext context = new VelocityContext();
      context.put("s", "Hello");
      context.put("n", 7);
      context.put("t", true);
      context.put("f", false);
      context.put("l", new ArrayList<Object>(Arrays.asList("a", "b", "c")));
      Map<Object, Object> inner = new LinkedHashMap<Object, Object>();
      inner.put("c", 2);
      Map<Object, Object> map = new LinkedHashMap<Object, Object>();
      map.put("a", 1);
      map.put("b", inner);
      context.put("m", map);
      StringWriter writer = new StringWriter();
      try {
        String template = new String(Base64.getDecoder().decode(line), StandardCharsets.UTF_8);
        engine.evaluate(context, writer, "t" + count++, template);
        out.println(Base64.getEncoder().encodeToString(writer.toString().getBytes(StandardCharsets.UTF_8)) + ".");
      } catch (Throwable error) {
        out.println("!");
      }
    }
  }
}
