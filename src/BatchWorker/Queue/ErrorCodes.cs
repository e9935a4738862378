namespace BatchWorker.Queue;

/// <summary>The error codes that were ever seen, by number. Providers' codes are an open set, so it is bounded.</summary>
internal sealed class ErrorCodes(LedgerStore store)
{
    /// <summary>Stands for every code beyond the bound.</summary>
    private const string Other = "other";
    private const int Most = 4096;
    private const int Longest = 64;
    private readonly Words _words = new(store, "code", Most);

    public async Task<int> NumberOfAsync(string code) => await _words.NumberOfAsync(Stored(code)) ?? await _words.NumberOfAsync(Other) ?? 0;

    /// <summary>As much of a code as is stored.</summary>
    public static string Stored(string code) => code.Length > Longest ? code[..Longest] : code;

    /// <summary>The code of a number; null for 0.</summary>
    public async Task<string?> CodeOfAsync(int number) => number == 0 ? null : await _words.WordOfAsync(number);
}
