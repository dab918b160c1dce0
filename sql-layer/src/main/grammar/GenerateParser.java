import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Makes the parser's source: Calcite's template, changed as Parser.changes says, through FMPP and JavaCC. Run by Maven
 * before compilation with FMPP and JavaCC on the class path; does nothing if its inputs are those of the last run.
 *
 * <p>Arguments: calcite-core's jar, this folder, the folder to work in, the folder of the generated source.
 */
public final class GenerateParser {
    private static final String PACKAGE = "io/voxelflight/sql/parse/grammar";

    /** What javac would warn of in the code that JavaCC writes. */
    private static final String SUPPRESSED = "@SuppressWarnings({\"cast\", \"unchecked\", \"rawtypes\", \"fallthrough\","
            + " \"static\", \"overrides\", \"dep-ann\", \"this-escape\", \"empty\", \"finally\"})\n";

    private GenerateParser() {}

    public static void main(String[] args) throws Exception {
        Path jar = Path.of(args[0]);
        Path grammar = Path.of(args[1]);
        Path work = Path.of(args[2]);
        Path sources = Path.of(args[3]).resolve(PACKAGE);
        Path stamp = work.resolve("inputs.sha256");
        String inputs = digest(jar, grammar);
        if (Files.exists(stamp) && Files.readString(stamp).equals(inputs) && Files.isDirectory(sources)) {
            return;
        }
        Path templates = Files.createDirectories(work.resolve("templates"));
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            String template = entry(zip, "codegen/templates/Parser.jj");
            Files.writeString(templates.resolve("Parser.jj"), changed(template, grammar.resolve("Parser.changes")));
            Files.writeString(work.resolve("default_config.fmpp"), entry(zip, "codegen/default_config.fmpp"));
        }
        Files.copy(grammar.resolve("config.fmpp"), work.resolve("config.fmpp"), StandardCopyOption.REPLACE_EXISTING);
        Files.createDirectories(work.resolve("includes"));
        Files.copy(
                grammar.resolve("productions.ftl"),
                work.resolve("includes/productions.ftl"),
                StandardCopyOption.REPLACE_EXISTING);
        Path generated = work.resolve("generated");
        fmpp.setting.Settings settings = new fmpp.setting.Settings(work.toFile());
        settings.load(work.resolve("config.fmpp").toFile());
        settings.set(fmpp.setting.Settings.NAME_SOURCE_ROOT, templates.toAbsolutePath().toString());
        settings.set(fmpp.setting.Settings.NAME_OUTPUT_ROOT, generated.toAbsolutePath().toString());
        settings.set(fmpp.setting.Settings.NAME_DATA_ROOT, work.toAbsolutePath().toString());
        settings.addProgressListener(new fmpp.progresslisteners.TerseConsoleProgressListener());
        settings.execute();
        Files.createDirectories(sources);
        try (Stream<Path> files = Files.list(sources)) {
            for (Path file : files.toList()) {
                Files.delete(file); // JavaCC leaves some files as they are
            }
        }
        javacc(generated.resolve("javacc/Parser.jj"), sources);
        try (Stream<Path> files = Files.list(sources)) {
            for (Path file : files.toList()) {
                Files.writeString(file, suppressed(Files.readString(file)));
            }
        }
        Files.writeString(stamp, inputs);
    }

    /** JavaCC's report goes to a file: it warns of each conflict that the template settles by order. */
    private static void javacc(Path source, Path sources) throws IOException {
        Path report = source.resolveSibling("javacc.log");
        PrintStream out = System.out;
        PrintStream err = System.err;
        int status;
        try (PrintStream log = new PrintStream(report.toFile(), StandardCharsets.UTF_8)) {
            System.setOut(log);
            System.setErr(log);
            status = org.javacc.parser.Main.mainProgram(new String[] {
                "-STATIC=false", "-LOOKAHEAD:2", "-OUTPUT_DIRECTORY:" + sources, source.toString()
            });
        } catch (Exception e) {
            throw new IOException("JavaCC failed, see " + report, e);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        if (status != 0) {
            throw new IOException("JavaCC failed: " + Files.readString(report));
        }
    }

    /**
     * The template with each change made. A change is a line that begins with {@code @@} and says why, the old text
     * between lines {@code <<<<} and {@code ====}, the new text up to a line {@code >>>>}. The old text must be there
     * exactly once, or as often as {@code @@ [n]} says.
     */
    private static String changed(String template, Path file) throws IOException {
        String text = template;
        List<String> lines = Files.readAllLines(file);
        String title = "";
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("@@")) {
                title = line.substring(2).strip();
            } else if (line.equals("<<<<")) {
                int middle = find(lines, i, "====", title);
                int end = find(lines, middle, ">>>>", title);
                String old = String.join("\n", lines.subList(i + 1, middle));
                int times = title.startsWith("[") ? Integer.parseInt(title.substring(1, title.indexOf(']'))) : 1;
                int found = count(text, old);
                if (found != times) {
                    throw new IOException("the change '" + title + "' does not apply: its text is " + found
                            + " times in Calcite's template, expected " + times + ": adapt Parser.changes");
                }
                text = text.replace(old, String.join("\n", lines.subList(middle + 1, end)));
                i = end;
            } else if (!line.isBlank() && !line.startsWith("#")) {
                throw new IOException("line " + (i + 1) + " of Parser.changes is outside a change: " + line);
            }
        }
        return text;
    }

    private static int find(List<String> lines, int from, String sign, String title) throws IOException {
        for (int i = from; i < lines.size(); i++) {
            if (lines.get(i).equals(sign)) {
                return i;
            }
        }
        throw new IOException("the change '" + title + "' has no line " + sign);
    }

    private static int count(String text, String part) {
        int count = 0;
        for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }

    private static String suppressed(String source) {
        return source.replaceFirst("(?m)^(public |)(class|interface) ", SUPPRESSED + "$1$2 ");
    }

    private static String entry(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException(zip.getName() + " holds no " + name);
        }
        return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
    }

    private static String digest(Path jar, Path grammar) throws Exception {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        List<Path> inputs = new ArrayList<>(List.of(jar));
        try (Stream<Path> files = Files.list(grammar)) {
            files.sorted().forEach(inputs::add);
        }
        for (Path input : inputs) {
            sha.update(Files.readAllBytes(input));
        }
        return HexFormat.of().formatHex(sha.digest());
    }
}
