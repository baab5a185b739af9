using System.Text.Json;

namespace Marketplace.Shell.UsageEvents;

/// <summary>How events are written down. Source: CloudEvents 1.0, JSON event format and batch format.</summary>
internal enum EventForm
{
    /// <summary><c>{"events": […]}</c></summary>
    Plain,

    CloudEvent,

    CloudEventBatch,
}

/// <summary>Reads events as they come, without a document in between: there are many of them.</summary>
internal static class EventBodies
{
    public static EventForm? FormOf(string? mediaType) => mediaType switch
    {
        "application/json" => EventForm.Plain,
        "application/cloudevents+json" => EventForm.CloudEvent,
        "application/cloudevents-batch+json" => EventForm.CloudEventBatch,
        _ => null,
    };

    /// <exception cref="JsonException">It is no JSON, or not of the form as a whole.</exception>
    /// <exception cref="TooManyEventsException">There are more than <see cref="ReportedEvents.EventsMax"/>.</exception>
    public static ReportedEvents Read(ReadOnlySpan<byte> body, EventForm form)
    {
        var json = new Utf8JsonReader(body.StartsWith("\uFEFF"u8) ? body[3..] : body);
        var (reported, texts) = (new ReportedEvents(), new KnownTexts());
        json.Read();
        switch (form)
        {
            case EventForm.Plain:
                ReadEnvelope(ref json, reported, texts);
                break;
            case EventForm.CloudEvent:
                Expect(json.TokenType == JsonTokenType.StartObject, "The body must be a CloudEvent, which is an object.");
                ReadOne(ref json, reported, texts, sourceOfAll: null, isCloudEvent: true);
                break;
            case EventForm.CloudEventBatch:
                Expect(json.TokenType == JsonTokenType.StartArray, "The body must be a batch of CloudEvents, which is an array.");
                ReadAll(ref json, reported, texts, sourceOfAll: null, isCloudEvent: true);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(form.ToString());
        }

        // Whatever follows is no JSON, and the reader says so.
        while (json.Read())
        {
        }

        return reported;
    }

    private static void ReadEnvelope(ref Utf8JsonReader json, ReportedEvents reported, KnownTexts texts)
    {
        Expect(json.TokenType == JsonTokenType.StartObject, "The body must be an object with \"events\".");
        var found = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isEvents = json.ValueTextEquals("events"u8);
            json.Read();
            if (isEvents)
            {
                Expect(json.TokenType == JsonTokenType.StartArray && !found, "\"events\" must be one array.");
                found = true;
                ReadAll(ref json, reported, texts, sourceOfAll: "", isCloudEvent: false);
            }
            else
            {
                json.Skip();
            }
        }

        Expect(found, "The body has no \"events\".");
    }

    private static void ReadAll(ref Utf8JsonReader json, ReportedEvents reported, KnownTexts texts, string? sourceOfAll, bool isCloudEvent)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            ReadOne(ref json, reported, texts, sourceOfAll, isCloudEvent);
    }

    private static void ReadOne(ref Utf8JsonReader json, ReportedEvents reported, KnownTexts texts, string? sourceOfAll, bool isCloudEvent)
    {
        var fields = new EventFields(texts);
        if (json.TokenType != JsonTokenType.StartObject)
        {
            fields.Refuse(null, "must be an object");
            json.Skip();
        }
        else
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (fields.ReadEvent(ref json))
                    continue;
                if (isCloudEvent ? fields.ReadCloudEvent(ref json) || ReadData(ref json, ref fields) : fields.ReadUsage(ref json))
                    continue;
                json.Read();
                json.Skip();
            }
        }

        fields.AddTo(reported, sourceOfAll, isCloudEvent);
    }

    private static bool ReadData(ref Utf8JsonReader json, ref EventFields fields)
    {
        if (json.ValueTextEquals("data_base64"u8))
        {
            fields.Refuse("data_base64", "is not read: the data must be JSON");
            return false;
        }

        if (!json.ValueTextEquals("data"u8))
            return false;

        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            fields.Refuse("data", "must be an object with metric and quantity");
            json.Skip();
            return true;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (fields.ReadUsage(ref json))
                continue;
            json.Read();
            json.Skip();
        }

        return true;
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
            throw new JsonException(otherwise, path: "$", lineNumber: null, bytePositionInLine: null);
    }
}
