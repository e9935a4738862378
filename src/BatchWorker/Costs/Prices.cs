namespace BatchWorker.Costs;

/// <summary>
/// The prices in force: the list that comes with the program and, over it, the rows of a file of the same form. What the file says of a model
/// takes the place of all that the program knows of it. The file is read again when it has changed.
/// </summary>
internal sealed class Prices
{
    private static readonly IReadOnlyList<PriceRow> s_shipped = PriceFile.ReadEmbedded();
    private readonly string? _path;
    private (DateTime ChangedAt, long Length) _seen;
    private PriceBook _book;

    /// <param name="path">The file; null for none. Throws <see cref="InvalidDataException"/> or <see cref="IOException"/> when it can not be used.</param>
    public Prices(string? path = null)
    {
        _path = path;
        _seen = path is null ? default : Look(path);
        _book = Read(path);
    }

    public PriceBook Book => Volatile.Read(ref _book);

    /// <summary>
    /// True when the file had changed and is in force now. Throws as the constructor does when it can not be used; the prices stay then
    /// until it has changed once more.
    /// </summary>
    public bool Reload()
    {
        if (_path is null || Look(_path) is var now && now == _seen)
        {
            return false;
        }
        _seen = now;
        Volatile.Write(ref _book, Read(_path));
        return true;
    }

    private static (DateTime ChangedAt, long Length) Look(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private static PriceBook Read(string? path)
    {
        if (path is null)
        {
            return new PriceBook(s_shipped);
        }
        using var reader = new StreamReader(path);
        var rows = PriceFile.Read(reader).ToArray();
        var replaced = rows.Select(row => (row.Provider, row.Model)).ToHashSet();
        return new PriceBook([.. s_shipped.Where(row => !replaced.Contains((row.Provider, row.Model))), .. rows]);
    }
}
