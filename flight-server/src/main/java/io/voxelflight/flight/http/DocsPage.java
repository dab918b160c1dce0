package io.voxelflight.flight.http;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/**
 * The description of the API, as a document and as a page to look around in: Swagger UI, with all files from this server and
 * nothing from elsewhere.
 */
final class DocsPage implements HttpRoutes {
    private static final String WEBJAR = "/META-INF/resources/webjars/swagger-ui/";

    /** Scripts from this server only; Swagger UI puts styles on its elements, and pictures into its style sheet. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private record Page(String type, byte[] content) {}

    private final String document;
    private final Map<String, Page> pages = new HashMap<>();

    /** @param document OpenAPI */
    DocsPage(String document) {
        this.document = document;
        String library = WEBJAR + version() + "/";
        pages.put("", new Page("text/html; charset=utf-8", read("docs.html")));
        pages.put("docs.js", new Page("text/javascript; charset=utf-8", read("docs.js")));
        pages.put("swagger-ui.css", new Page("text/css; charset=utf-8", read(library + "swagger-ui.css")));
        pages.put(
                "swagger-ui-bundle.js",
                new Page("text/javascript; charset=utf-8", read(library + "swagger-ui-bundle.js")));
        pages.put("favicon.png", new Page("image/png", read(library + "favicon-32x32.png")));
    }

    @Override
    public void addTo(RoutesConfig routes) {
        routes.get("/openapi.json", context -> {
            Parameters.of(context);
            context.contentType("application/json").result(document);
        });
        routes.get("/docs", context -> page(context, ""));
        routes.get("/docs/{file}", context -> page(context, context.pathParam("file")));
    }

    private void page(Context context, String file) {
        Page page = pages.get(file);
        if (page == null) {
            throw new ServiceException(ErrorCode.NOT_FOUND, "there is nothing at '" + context.path() + "'");
        }
        context.header("Content-Security-Policy", POLICY);
        context.header("X-Content-Type-Options", "nosniff");
        context.header("Referrer-Policy", "no-referrer");
        context.contentType(page.type()).result(page.content());
    }

    /** Of the library: its folder is named by it. */
    private static String version() {
        try (InputStream in =
                DocsPage.class.getResourceAsStream("/META-INF/maven/org.webjars/swagger-ui/pom.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            String version = properties.getProperty("version");
            if (version == null) {
                throw new IllegalStateException("Swagger UI is not on the class path");
            }
            return version;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] read(String resource) {
        try (InputStream in = DocsPage.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource " + resource);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
