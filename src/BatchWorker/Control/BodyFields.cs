using System.Text.Json;
using BatchWorker.Intake;

namespace BatchWorker.Control;

/// <summary>Reads the members of a small body, collecting what is wrong with them; a null is an absent member.</summary>
/// <param name="body">The object.</param>
/// <param name="at">Pointer to it.</param>
/// <param name="errors">Where errors go.</param>
internal sealed class BodyFields(JsonElement body, string at, List<FieldError> errors)
{
    public JsonElement? Find(string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public void Refuse(string name, string detail) => errors.Add(new FieldError($"{at}/{FieldError.Token(name)}", detail));

    /// <summary>Refuses every member that is not known.</summary>
    public void Expect(params string[] known)
    {
        foreach (var member in body.EnumerateObject().Where(member => !known.Contains(member.Name)))
        {
            Refuse(member.Name, "This field is not known.");
        }
    }

    /// <summary>A text that is not empty.</summary>
    public string? Text(string name, string expected)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.String && JobFields.TryGetText(value, out var text) && text.Length > 0)
        {
            return text;
        }
        Refuse(name, expected);
        return null;
    }

    /// <summary>One of the known words.</summary>
    public string? Word(string name, IEnumerable<string> known)
    {
        var expected = $"Known are {string.Join(", ", known)}.";
        var word = Text(name, expected);
        if (word is null || known.Contains(word))
        {
            return word;
        }
        Refuse(name, expected);
        return null;
    }

    /// <summary>Known words with commas between them, as in the filters of lists; null when absent.</summary>
    public IReadOnlySet<T>? Words<T>(string name, IEnumerable<T> known, Func<T, string> wire)
    {
        var all = known.ToDictionary(wire);
        var expected = $"Known are {string.Join(", ", all.Keys)}.";
        if (Text(name, expected)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is not { } words)
        {
            return null;
        }
        if (words.Length > 0 && words.All(all.ContainsKey))
        {
            return words.Select(word => all[word]).ToHashSet();
        }
        Refuse(name, expected);
        return null;
    }

    public int? Number(string name, int least, int most)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= least && number <= most)
        {
            return number;
        }
        Refuse(name, FormattableString.Invariant($"A whole number from {least} to {most} is expected."));
        return null;
    }

    /// <summary>False when absent.</summary>
    public bool Flag(string name)
    {
        if (Find(name) is { } value && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Refuse(name, "true or false is expected.");
        }
        return Find(name)?.ValueKind == JsonValueKind.True;
    }
}
