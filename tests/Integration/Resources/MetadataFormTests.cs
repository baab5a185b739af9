using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Resources;

/// <summary>Every control of a product's form, at POST and at PATCH resource. Source: contract §B.0, <c>fields</c>; §B.2, §C.2, §C.5.</summary>
[Collection(SharedChoicesAcme.Name)]
public sealed class MetadataFormTests(ChoicesAcme fixture)
{
    private const string Defaults =
        """{"region":"iad1","disk":[10],"size":"small","channel":"stable","edition":"community","metered":true,"grade":"b","purpose":"tests"}""";

    private Acme Acme => fixture.Acme;

    public static TheoryData<string, string> Fitting => new()
    {
        // input of text: 2 to 5 small letters; what is not required may be left empty.
        { "owner", "\"ab\"" }, { "owner", "\"abcde\"" }, { "owner", "\"\"" },
        // input of a number: 1 to 8, and between 0 and 100.
        { "workers", "1" }, { "workers", "8" }, { "workers", "2.5" }, { "workers", "8.0" }, { "seats", "0.001" }, { "seats", "99.999" },
        { "backups", "true" }, { "backups", "false" },
        // slider: 10 to 1000, by one thumb or by two.
        { "disk", "[10]" }, { "disk", "[1000]" }, { "disk", "[20,40.5]" }, { "disk", "[]" },
        { "size", "\"large\"" },
        // An option that is hidden is offered to nobody new, and good for who has it.
        { "tier", "\"one\"" }, { "tier", "\"zero\"" },
        { "extras", "[\"logs\"]" }, { "extras", "[\"traces\",\"logs\"]" }, { "extras", "[]" },
        // Without an enum, whatever looks like a region of Vercel.
        { "edge", "\"hnd1\"" }, { "edge", "\"syd12\"" },
        { "replicas", "[\"sin1\"]" }, { "replicas", "[\"iad1\",\"fra1\"]" }, { "replicas", "[]" },
        { "host", "\"example.com\"" }, { "host", "\"a.b.example.org\"" }, { "host", "\"xn--bcher-kva.example\"" }, { "host", "\"\"" },
        { "repository", "\"acme\"" }, { "repository", "\"acme/tools\"" },
        { "proxy", "\"proxy.example.com\"" },
    };

    public static TheoryData<string, string> Unfitting => new()
    {
        { "owner", "\"a\"" }, { "owner", "\"abcdef\"" }, { "owner", "\"ABC\"" }, { "owner", "\"abc\\n\"" }, { "owner", "7" }, { "owner", "[\"abc\"]" },
        { "workers", "0.999" }, { "workers", "8.001" }, { "workers", "-1" }, { "workers", "\"2\"" }, { "workers", "true" }, { "workers", "[2]" },
        { "seats", "0" }, { "seats", "100" }, { "seats", "1e400" },
        { "backups", "\"true\"" }, { "backups", "1" }, { "backups", "[true]" },
        { "disk", "[9]" }, { "disk", "[1001]" }, { "disk", "[10,9]" }, { "disk", "10" }, { "disk", "[\"10\"]" }, { "disk", "[10,\"20\"]" },
        { "size", "\"Small\"" }, { "size", "\"medium\"" }, { "size", "1" }, { "size", "[\"small\"]" },
        { "tier", "\"three\"" }, { "tier", "false" },
        { "extras", "[\"metrics\"]" }, { "extras", "[\"logs\",\"\"]" }, { "extras", "\"logs\"" }, { "extras", "[1]" }, { "extras", "[\"logs\",1]" },
        { "edge", "\"IAD1\"" }, { "edge", "\"iad\"" }, { "edge", "\"us-east-1\"" }, { "edge", "[\"iad1\"]" },
        { "replicas", "[\"hnd1\"]" }, { "replicas", "[\"iad1\",\"mars\"]" }, { "replicas", "\"iad1\"" }, { "replicas", "[1]" },
        { "host", "\"localhost\"" }, { "host", "\"https://example.com\"" }, { "host", "\"example.com/path\"" }, { "host", "\"1.2.3.4\"" },
        { "host", "\"a b.example\"" }, { "host", "7" },
        { "repository", "\"two words\"" }, { "repository", "{}" },
        { "proxy", "\"proxy\"" },
        // What metadata does not have at all, also where no field of the form has it.
        { "purpose", "null" }, { "workers", "null" }, { "other", "null" }, { "other", "{\"a\":1}" }, { "other", "[[1]]" }, { "other", "[1,\"a\"]" },
        { "other", "[true]" }, { "other", "[null]" },
    };

    [Theory]
    [MemberData(nameof(Fitting))]
    public async Task What_fits_its_control_is_provisioned_as_it_was_sent(string property, string json)
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Form((property, json)));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), resource.Json["metadata"]![property]), resource.Json["metadata"]!.ToJsonString());
        var read = (await Acme.Get(resource.Path, Acme.System(resource.Installation))).Is(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(resource.Json["metadata"], read["metadata"]), read["metadata"]!.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Fitting))]
    public async Task What_fits_its_control_can_be_changed_to(string property, string json)
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Form());

        var metadata = (await Update(resource, (property, json))).Is(HttpStatusCode.OK)["metadata"]!;

        var expected = resource.Json["metadata"]!.DeepClone().AsObject().With(property, JsonNode.Parse(json));
        Assert.True(JsonNode.DeepEquals(expected, metadata), metadata.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Unfitting))]
    public async Task What_does_not_fit_its_control_is_named_and_nothing_is_provisioned(string property, string json)
    {
        var installation = await Acme.Install();

        (await Acme.Post(Paths.Resources(installation), Acme.Admin(installation), Requests.Provision(metadata: Form((property, json)))))
            .NamesFields(property);

        Assert.Equal(0, await Acme.Ask<long>("select count(*) from resource where installation_id = $1", installation));
    }

    [Theory]
    [MemberData(nameof(Unfitting))]
    public async Task What_does_not_fit_its_control_is_named_and_nothing_is_changed(string property, string json)
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Form());

        (await Update(resource, (property, json), ("channel", "\"beta\""))).NamesFields(property);

        var read = (await Acme.Get(resource.Path, Acme.System(resource.Installation))).Is(HttpStatusCode.OK);
        Assert.True(JsonNode.DeepEquals(resource.Json["metadata"], read["metadata"]), read["metadata"]!.ToJsonString());
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_form_is_named_at_once()
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Form());
        // One of each kind: of the wrong type, beyond its limits, no value at all.
        var wrong = Unfitting.Select(row => row.Data).DistinctBy(row => row.Item1)
            .Concat([("region", "\"mars1\"")]).Select(row => (Property: row.Item1, Json: row.Item2)).ToArray();
        var keys = wrong.Select(one => one.Property).ToArray();

        var refused = await Acme.Post(
            Paths.Resources(resource.Installation), Acme.Admin(resource.Installation), Requests.Provision("A b", "gold", metadata: Form(wrong)));
        refused.NamesFields([.. keys, "name", "billingPlanId"]);
        var update = new JsonObject { ["name"] = "A b", ["billingPlanId"] = "gold", ["status"] = "frozen", ["metadata"] = Json(wrong) };
        (await Acme.Patch(resource.Path, Acme.Admin(resource.Installation), update)).NamesFields([.. keys, "name", "billingPlanId", "status"]);
        (await Acme.Post(
            Paths.Resources(resource.Installation), Acme.Admin(resource.Installation),
            new JsonObject { ["productId"] = "acme-rockets", ["metadata"] = Json(("other", "null")) })).NamesFields("productId", "name", "other");
    }

    [Fact]
    public async Task What_the_form_hides_or_does_not_let_choose_begins_with_its_default()
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Json(("purpose", "\"tests\"")));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Defaults), resource.Json["metadata"]), resource.Json["metadata"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"productId":"acme-tools","name":"tool","billingPlanId":"pro"}""")]
    [InlineData("""{"productId":"acme-tools","name":"tool","billingPlanId":"pro","metadata":null}""")]
    [InlineData("""{"productId":"acme-tools","name":"tool","billingPlanId":"pro","metadata":{}}""")]
    [InlineData("""{"productId":"acme-tools","name":"tool","billingPlanId":"pro","metadata":{"purpose":"","edition":"community"}}""")]
    public async Task Only_what_is_required_and_shown_and_has_no_default_is_asked_for(string body)
    {
        var installation = await Acme.Install();

        (await Acme.Post(Paths.Resources(installation), Acme.Admin(installation), body)).NamesFields("purpose");
    }

    [Theory]
    // Hidden or read-only on update, or always.
    [InlineData("region", "\"fra1\"", "\"iad1\"")]
    [InlineData("purpose", "\"work\"", "\"tests\"")]
    [InlineData("edition", "\"enterprise\"", "\"community\"")]
    [InlineData("metered", "false", "true")]
    public async Task What_the_form_locks_cannot_be_changed_and_may_be_repeated(string property, string another, string same)
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Form());

        (await Update(resource, (property, another), ("workers", "99"))).NamesFields(property, "workers");
        var metadata = (await Update(resource, (property, same), ("workers", "4"))).Is(HttpStatusCode.OK)["metadata"]!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Defaults)!.AsObject().With("workers", 4), metadata), metadata.ToJsonString());
    }

    [Theory]
    // Hidden on create; read-only on create.
    [InlineData("channel", "\"beta\"")]
    [InlineData("grade", "\"a\"")]
    public async Task What_is_locked_on_create_alone_can_be_changed_later(string property, string json)
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Form());

        var metadata = (await Update(resource, (property, json))).Is(HttpStatusCode.OK)["metadata"]!;

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(json), metadata[property]), metadata.ToJsonString());
    }

    [Fact]
    public async Task What_no_field_has_is_kept_whatever_it_is_and_changed_when_it_is_sent_again()
    {
        const string Sent = """{"purpose":"tests","text":"ä\"","number":-1.50,"flag":false,"texts":["",""],"numbers":[1,2.5],"none":[],"":"no name"}""";
        var resource = await Acme.Provision(await Acme.Install(), metadata: JsonNode.Parse(Sent)!.AsObject());

        var metadata = (await Update(resource, ("text", "\"b\""), ("flag", "[3]"), ("more", "1"))).Is(HttpStatusCode.OK)["metadata"]!.AsObject();

        var expected = JsonNode.Parse(Defaults)!.AsObject();
        foreach (var (key, value) in JsonNode.Parse(Sent)!.AsObject())
            expected[key] = value?.DeepClone();
        expected["text"] = "b";
        expected["flag"] = new JsonArray(3);
        expected["more"] = 1;
        Assert.True(JsonNode.DeepEquals(expected, metadata), metadata.ToJsonString());
    }

    /// <summary>A form may change under what was filled in before: an option is sold no more, and who has it keeps it.</summary>
    [Fact]
    public async Task What_a_resource_has_already_is_not_judged_again()
    {
        var resource = await Acme.Provision(await Acme.Install(), metadata: Form());
        await Acme.Execute(
            "update resource set metadata = metadata || '{\"size\":\"tiny\",\"region\":\"lhr1\"}' where installation_id = $1", resource.Installation);

        var metadata = (await Update(resource, ("workers", "2"), ("size", "\"tiny\""), ("region", "\"lhr1\""))).Is(HttpStatusCode.OK)["metadata"]!;

        Assert.Equal(("tiny", "lhr1", "2"), ((string?)metadata["size"], (string?)metadata["region"], metadata["workers"]!.ToJsonString()));
        (await Update(resource, ("size", "\"huge\""))).NamesFields("size");
        (await Acme.Get($"{resource.Path}/plans", Acme.System(resource.Installation))).Is(HttpStatusCode.OK);
    }

    private Task<Answer> Update(Provisioned resource, params (string Property, string Json)[] form) => Acme.Patch(
        resource.Path, Acme.Admin(resource.Installation), new JsonObject { ["metadata"] = Json(form) });

    /// <summary>As somebody fills it in who gives what is required.</summary>
    private static JsonObject Form(params (string Property, string Json)[] values) => Json([("purpose", "\"tests\""), .. values]);

    private static JsonObject Json(params (string Property, string Json)[] values)
    {
        var form = new JsonObject();
        foreach (var (property, json) in values)
            form[property] = JsonNode.Parse(json);
        return form;
    }
}
