using System.Text;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>The settings that a person begins with: good as they are, each field explained beside it.</summary>
internal static class StartingPoint
{
    public const string Text =
        """
        // What Vercel's Integration Console knows of your integration. Every field may be left out; comments may stay.
        {
          // The audience (aud) of tokens and the OAuth client id. Here any id will do, as long as your server has the same.
          "integrationId": "oac_simulated",

          // Signs webhooks. Keep a real one out of this file: the variable Vercel__ClientSecret wins over it.
          "clientSecret": "simulated-client-secret",

          // The last part of your address in the Marketplace.
          "slug": "acme",

          // Your server: to this, /v1/installations/… is appended. It may end with a path of its own.
          "baseUrl": "http://127.0.0.1:3000",
          "webhookUrl": "http://127.0.0.1:3000/webhooks/vercel",

          // Where browsers arrive by single sign-on. Leave out what you do not offer.
          "redirectLoginUrl": "http://127.0.0.1:3000/sso/callback",
          // "signOnStart": "http://127.0.0.1:3000/sso/{{installationId}}",
          // "importResourceUrl": "http://127.0.0.1:3000/import",
          // "redirectUrl": "http://127.0.0.1:3000/connect/callback",

          // What a customer accepts when he installs.
          "policies": [
            { "id": "eula", "name": "Terms of Service", "url": "https://example.com/terms" },
            { "id": "privacy", "name": "Privacy Policy", "url": "https://example.com/privacy" }
          ],

          "products": [
            {
              // The productId of a provision, and the slug of GET /v1/products/{slug}/plans.
              "id": "my-product",
              "name": "My Product",

              // The metadata schema, as you paste it into the console.
              "metadataSchema": {
                "type": "object",
                "properties": {
                  "region": {
                    "type": "string",
                    "ui:control": "vercel-region",
                    "ui:label": "Region",
                    "ui:read-only": "update",
                    "default": "iad1"
                  }
                },
                "required": ["region"]
              },

              // Any of storage (commands in a console), experimentation, checks, log-drain, ai, observability, video, workflow, authentication.
              "protocols": [],

              // The slugs of deployment actions.
              "actions": []

              // Metadata that your server is known to take, where the schema alone does not tell.
              // "sampleMetadata": { "region": "fra1" }
            }
          ]

          // How to see whether the secrets of a resource open it; {{NAME}} stands for the secret of that name. One of
          //   { "http": { "url": "https://api.example.com/whoami", "headers": { "authorization": "Bearer {{API_KEY}}" } } }
          //   { "postgres": "{{DATABASE_URL}}" }
          //   { "command": ["./opens.sh"] }
          // "secretProbe": { "postgres": "{{DATABASE_URL}}" }
        }

        """;

    public static ReadOnlyMemory<byte> Bytes => Encoding.UTF8.GetBytes(Text);
}
