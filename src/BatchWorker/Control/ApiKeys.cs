using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace BatchWorker.Control;

/// <summary>A key without its secret.</summary>
internal sealed record ApiKey(string Name, IReadOnlySet<Scope> Scopes)
{
    public bool May(Scope scope) => scope == Scope.Any || Scopes.Contains(scope);
}

/// <summary>The keys of <c>BATCH_API_KEYS</c>, kept as hashes.</summary>
internal sealed partial class ApiKeys
{
    private const string Local = "local commands";
    private const int LocalKeyLength = 40;
    private readonly List<(byte[] Hash, ApiKey Key)> _keys = [];

    /// <summary>No key is configured: everybody may do everything.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>Reads <c>name:scope[+scope]:key</c>, separated by commas; false when an entry is not like that. The text is never repeated.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ApiKeys? keys)
    {
        keys = new ApiKeys();
        foreach (var entry in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (Form().Match(entry) is not { Success: true } match || !TryReadScopes(match.Groups["scopes"].Value, out var scopes)
                || keys._keys.Any(known => known.Key.Name == match.Groups["name"].Value))
            {
                keys = null;
                return false;
            }
            keys._keys.Add((HashOf(match.Groups["key"].Value), new ApiKey(match.Groups["name"].Value, scopes)));
        }
        return true;
    }

    /// <summary>Adds a key of this machine's commands that lives as long as the process; null when nobody needs a key.</summary>
    public string? AddLocal()
    {
        if (IsEmpty)
        {
            return null;
        }
        var key = RandomNumberGenerator.GetHexString(LocalKeyLength, lowercase: true);
        _keys.Add((HashOf(key), new ApiKey(Local, new HashSet<Scope> { Scope.Read, Scope.Operate })));
        return key;
    }

    /// <summary>The key that was presented; null for none. Takes the same time for every wrong key.</summary>
    public ApiKey? Find(string presented)
    {
        var hash = HashOf(presented);
        ApiKey? found = null;
        foreach (var (known, key) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(known, hash) ? key : found;
        }
        return found;
    }

    private static bool TryReadScopes(string text, out HashSet<Scope> scopes)
    {
        scopes = [];
        foreach (var word in text.Split('+'))
        {
            Scope? scope = word switch { "read" => Scope.Read, "enqueue" => Scope.Enqueue, "operate" => Scope.Operate, _ => null };
            if (scope is null)
            {
                return false;
            }
            scopes.Add(scope.Value);
        }
        return true;
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9_.-]{1,64}):(?<scopes>[a-z+]+):(?<key>[A-Za-z0-9_-]{20,})$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
