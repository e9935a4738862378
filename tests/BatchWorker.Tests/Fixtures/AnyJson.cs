using System.Text.Json.Nodes;
using CsCheck;

namespace BatchWorker.Tests.Fixtures;

/// <summary>JSON of every kind, for tests that hold for any.</summary>
internal static class AnyJson
{
    private static readonly Gen<JsonNode?> s_leaf = Gen.OneOf<JsonNode?>(
        Gen.String.Select(text => (JsonNode?)JsonValue.Create(string.Concat(text.EnumerateRunes()))),
        Gen.Double.Where(double.IsFinite).Select(number => (JsonNode?)JsonValue.Create(number)),
        Gen.Bool.Select(truth => (JsonNode?)JsonValue.Create(truth)),
        Gen.Const((JsonNode?)null));

    public static readonly Gen<JsonNode?> Values = Gen.Recursive<JsonNode?>((depth, inner) => depth > 3 ? s_leaf : Gen.OneOf<JsonNode?>(
        s_leaf,
        inner.Array[0, 4].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())])),
        Gen.Select(Gen.Char['a', 'z'].Array[1, 3], inner).Array[0, 4].Select(Object)));

    private static JsonNode? Object((char[] Name, JsonNode? Value)[] members) =>
        new JsonObject(members.DistinctBy(member => new string(member.Name)).Select(member => KeyValuePair.Create(new string(member.Name), member.Value?.DeepClone())));
}
