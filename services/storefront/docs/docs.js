/** The API document as a page to read and try: Swagger UI, asking nobody but this host. */

globalThis.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // An online validator would be told every document's address.
  validatorUrl: null,
});
