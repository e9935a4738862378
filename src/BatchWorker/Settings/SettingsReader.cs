using System.Globalization;

namespace BatchWorker.Settings;

/// <summary>
/// Reads settings: the environment first, then the section <c>Batch</c> of <c>appsettings.json</c> under the same key. An empty value is none.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private const string Section = "Batch:";
    private const string FileOf = "_FILE";
    private readonly Dictionary<string, KnownSetting> _known = [];

    /// <summary>Every setting that was asked for, in that order: what there is to configure.</summary>
    public IReadOnlyCollection<KnownSetting> Known => _known.Values;

    public string? Text(string name) => Note(name, Read(name), null);

    public string Text(string name, string otherwise) => Note(name, Read(name), otherwise) ?? otherwise;

    /// <summary>A secret, or the content of the file that <c>NAME_FILE</c> names.</summary>
    public string? Secret(string name)
    {
        var direct = Read(name);
        var file = direct is null ? Read(name + FileOf) : null;
        var value = file is null ? direct : ReadFile(name + FileOf, file);
        var source = value is null ? null : file is null ? SourceOf(name) : $"{file} ({SourceOf(name + FileOf)})";
        _known.TryAdd(name, new KnownSetting(name, IsSecret: true, source, null));
        return value;
    }

    public long Number(string name, long least, long most, long otherwise) =>
        Note(name, Read(name), otherwise) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw StartRefusal.Of(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most} is expected."));

    /// <summary>Bytes: a whole number, with k, m or g behind it for the powers of 1,024.</summary>
    public long Bytes(string name, long least, long most, long otherwise)
    {
        if (Note(name, Read(name), $"{otherwise >> 20}m") is not { } text)
        {
            return otherwise;
        }
        var shift = char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least >> shift && number <= most >> shift
            ? number << shift
            : throw StartRefusal.Of(name, string.Create(CultureInfo.InvariantCulture, $"a size such as 256m is expected, from {least >> 20}m to {most >> 30}g."));
    }

    public TimeSpan Seconds(string name, int least, int most, int otherwise) => TimeSpan.FromSeconds(Number(name, least, most, otherwise));

    public decimal Decimal(string name, decimal least, decimal otherwise) =>
        Note(name, Read(name), otherwise) is not { } text ? otherwise
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= least ? number
        : throw StartRefusal.Of(name, string.Create(CultureInfo.InvariantCulture, $"a number of at least {least} is expected."));

    public bool Flag(string name) =>
        Note(name, Read(name), "false") is not { } text ? false
        : bool.TryParse(text, out var flag) ? flag
        : throw StartRefusal.Of(name, "true or false is expected.");

    public string Choice(string name, string otherwise, params string[] others) =>
        Note(name, Read(name), otherwise) is not { } text ? otherwise
        : text == otherwise || others.Contains(text) ? text
        : throw StartRefusal.Of(name, $"{string.Join(", ", others.Prepend(otherwise))} is expected.");

    /// <summary>An http or https address.</summary>
    public Uri Address(string name, Uri otherwise) =>
        Note(name, Read(name), otherwise) is not { } text ? otherwise
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw StartRefusal.Of(name, "an http or https address is expected.");

    /// <summary>A group of keys, which have no variables of their own.</summary>
    public IConfigurationSection Group(string path) => configuration.GetSection(path);

    /// <summary>Keeps for <see cref="Known"/> what was found, and what stands in for it.</summary>
    private string? Note(string name, string? text, object? otherwise)
    {
        _known.TryAdd(name, new KnownSetting(name, IsSecret: false, text is null ? null : SourceOf(name), text ?? Convert.ToString(otherwise, CultureInfo.InvariantCulture)));
        return text;
    }

    private static string? ReadFile(string variable, string file)
    {
        try
        {
            return NullIfEmpty(File.ReadAllText(file).Trim());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw StartRefusal.Of(variable, "the file can not be read.");
        }
    }

    private string? Read(string name) =>
        (NullIfEmpty(configuration[name]) ?? NullIfEmpty(configuration[Section + name])) is not { } text ? null
        : text.Contains('\0', StringComparison.Ordinal) ? throw StartRefusal.Of(name, "a text without NUL characters is expected.")
        : text;

    /// <summary>The environment, a file, or whatever else the configuration has.</summary>
    private string SourceOf(string name)
    {
        var key = NullIfEmpty(configuration[name]) is null ? Section + name : name;
        return (configuration as IConfigurationRoot)?.Providers.LastOrDefault(provider => provider.TryGet(key, out var value) && !string.IsNullOrEmpty(value)) switch
        {
            Microsoft.Extensions.Configuration.EnvironmentVariables.EnvironmentVariablesConfigurationProvider => "environment",
            FileConfigurationProvider { Source.Path: { } path } => path,
            _ => "settings",
        };
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
