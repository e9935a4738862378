namespace BatchWorker.Simulator.Control;

/// <summary>A simulated provider as the control plane knows it.</summary>
internal interface IProviderAccount
{
    /// <summary>Its name in rules, in the ledger and in the configuration.</summary>
    string Name { get; }

    /// <summary>How it behaves; always of one type.</summary>
    object Settings { get; set; }

    /// <summary>Everything as at the start. Called inside the agenda's gate.</summary>
    void Reset();
}

/// <summary>The one account of a simulated provider, with its settings.</summary>
internal abstract class ProviderAccount<TSettings>(string name, TSettings initial) : IProviderAccount
    where TSettings : class
{
    private readonly TSettings _initial = initial;
    private volatile TSettings _settings = initial;

    public string Name => name;

    public TSettings Settings
    {
        get => _settings;
        set => _settings = value;
    }

    object IProviderAccount.Settings
    {
        get => Settings;
        set => Settings = (TSettings)value;
    }

    public void Reset()
    {
        Forget();
        Settings = _initial;
    }

    /// <summary>Drops whatever callers made.</summary>
    protected abstract void Forget();
}
