namespace BatchWorker.Settings;

/// <summary>A setting that was asked for.</summary>
/// <param name="Name">Its variable.</param>
/// <param name="IsSecret">Whether its value is never shown; such a setting has a <c>NAME_FILE</c>.</param>
/// <param name="Source">Where its value comes from; null for its default.</param>
/// <param name="Value">The value or its default; null without one, and of a secret.</param>
internal sealed record KnownSetting(string Name, bool IsSecret, string? Source, string? Value)
{
    /// <summary>The value as anybody may see it: of a secret whether there is one, of an address no user and password.</summary>
    public string Shown => IsSecret ? Source is null ? "unset" : "set"
        : Uri.TryCreate(Value, UriKind.Absolute, out var address) && address.UserInfo.Length > 0 ? new UriBuilder(address) { UserName = "…", Password = "" }.ToString()
        : Value ?? "";
}
