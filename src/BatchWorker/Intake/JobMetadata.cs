using System.Text.Json;

namespace BatchWorker.Intake;

/// <summary>The caller's own pairs of strings on a job.</summary>
internal static class JobMetadata
{
    private const string Name = "metadata";
    private const int MostPairs = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 512;

    /// <summary>As minified JSON, its members by name so that their order makes no other job; empty when there is none.</summary>
    public static byte[] Read(JobFields fields)
    {
        if (fields.Find(Name) is not { } value)
        {
            return [];
        }
        if (value.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(Name, "An object of strings is expected.");
            return [];
        }
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String || !JobFields.TryGetText(member.Value, out var text))
            {
                fields.Refuse(PointerTo(member.Name), "A string is expected.");
            }
            else if (CharactersOf(member.Name) > LongestKey || CharactersOf(text) > LongestValue)
            {
                fields.Refuse(PointerTo(member.Name), $"A key has at most {LongestKey} characters, a value {LongestValue}.");
            }
            else
            {
                pairs[member.Name] = text;
            }
        }
        if (value.GetPropertyCount() > MostPairs)
        {
            fields.Refuse(Name, $"There are at most {MostPairs} pairs.");
        }
        return Write(pairs);
    }

    /// <summary>A character outside the basic plane counts once.</summary>
    private static int CharactersOf(string text) => text.EnumerateRunes().Count();

    private static string PointerTo(string member) => Name + "/" + FieldError.Token(member);

    private static byte[] Write(SortedDictionary<string, string> pairs)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            foreach (var (key, value) in pairs)
            {
                json.WriteString(key, value);
            }
            json.WriteEndObject();
        }
        return output.ToArray();
    }
}
