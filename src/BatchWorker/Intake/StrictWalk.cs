using System.Globalization;
using System.Text.Json;

namespace BatchWorker.Intake;

/// <summary>Walks through JSON once, to find what the grammar allows but could be read in two ways, and where it is.</summary>
internal ref struct StrictWalk(ReadOnlySpan<byte> json, int mostDepth)
{
    private readonly List<Level> _levels = [];
    private Utf8JsonReader _reader = new(json, new JsonReaderOptions { MaxDepth = mostDepth + 1 });

    /// <summary>The first fault; null when there is none. Throws <see cref="JsonException"/> where the grammar is broken.</summary>
    public FieldError? FindFault()
    {
        while (_reader.Read())
        {
            if (Step() is { } fault)
            {
                return fault;
            }
        }
        return null;
    }

    private FieldError? Step()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                return Name();
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _levels.RemoveAt(_levels.Count - 1);
                return null;
        }
        if (_levels.Count > 0)
        {
            _levels[^1].Index++;
        }
        if (_reader.TokenType == JsonTokenType.String && !IsReadable())
        {
            return new FieldError(Pointer, "This text holds half a surrogate pair.");
        }
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return null;
        }
        if (_levels.Count == mostDepth)
        {
            return new FieldError(Pointer, "This is nested too deep.");
        }
        _levels.Add(new Level(_reader.TokenType == JsonTokenType.StartObject ? new HashSet<string>(StringComparer.Ordinal) : null));
        return null;
    }

    private FieldError? Name()
    {
        var level = _levels[^1];
        try
        {
            level.Name = _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            _levels.RemoveAt(_levels.Count - 1);
            return new FieldError(Pointer, "The name of a member holds half a surrogate pair.");
        }
        return level.Names!.Add(level.Name) ? null : new FieldError(Pointer, "This member is there twice.");
    }

    /// <summary>JSON can write half a surrogate pair; nothing can read it, and a provider might refuse the whole batch for it.</summary>
    private readonly bool IsReadable()
    {
        if (!_reader.ValueIsEscaped || (_reader.ValueSpan.IndexOf("\\ud"u8) < 0 && _reader.ValueSpan.IndexOf("\\uD"u8) < 0))
        {
            return true;
        }
        try
        {
            _reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private readonly string Pointer => string.Concat(_levels.Select(level => "/" + level.Token));

    /// <summary>An object or array that has begun, and where in it the walk is.</summary>
    private sealed class Level(HashSet<string>? names)
    {
        /// <summary>Names of the members so far; null in an array.</summary>
        public HashSet<string>? Names => names;

        public string Name { get; set; } = "";

        public int Index { get; set; } = -1;

        public string Token => names is null ? Index.ToString(CultureInfo.InvariantCulture) : FieldError.Token(Name);
    }
}
