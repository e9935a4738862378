namespace BatchWorker.Tests.Simulation;

/// <summary>What a history is mostly about; the seeds take turns.</summary>
internal enum Theme
{
    /// <summary>Nothing goes wrong: what is wrong here is wrong everywhere.</summary>
    Calm,
    Crashes,
    StoreTrouble,
    VendorTrouble,

    /// <summary>Listings show a batch only after the grace: the one assumption of the guarantee is broken.</summary>
    LateListings,
    AccountChanges,

    /// <summary>An operator says that a batch is not there which is, or names another one.</summary>
    WrongWords,

    /// <summary>One replica with its store inside: the store dies within scripts.</summary>
    CutOffs,
    Everything,
}

/// <summary>How a history is meant to go: drawn from its seed.</summary>
internal sealed record HistoryPlan
{
    public required Theme Theme { get; init; }

    public required int Replicas { get; init; }

    /// <summary>How long things go wrong.</summary>
    public required TimeSpan Trouble { get; init; }

    /// <summary>Probability that a process dies before a continuation.</summary>
    public double Crashes { get; init; }

    /// <summary>Probability that a call to the store is lost on its way, or its answer.</summary>
    public double StoreLosses { get; init; }

    /// <summary>Probability that a script is cut off.</summary>
    public double CutOffs { get; init; }

    /// <summary>Probability that a call to a provider fails.</summary>
    public double VendorFailures { get; init; }

    /// <summary>Probability that the answer to a create call is lost, whether or not it arrived.</summary>
    public double LostCreates { get; init; }

    /// <summary>Probability that a created batch is listed only after the grace.</summary>
    public double LateListings { get; init; }

    /// <summary>Probability that a batch or an item of it does not end as it should.</summary>
    public double BadEnds { get; init; }

    /// <summary>Probability that an operator's word about a batch in doubt is wrong.</summary>
    public double WrongWords { get; init; }

    /// <summary>Whether replicas come back with another key.</summary>
    public bool ChangesAccounts { get; init; }

    /// <summary>Whether other programs use the accounts too.</summary>
    public bool HasStrangers { get; init; }

    /// <summary>Whether results are kept in the store instead of on a disk.</summary>
    public bool ResultsInStore { get; init; }

    public static HistoryPlan Draw(int seed, Random chance)
    {
        var theme = (Theme)(seed % Enum.GetValues<Theme>().Length);
        var rough = theme == Theme.Everything;
        return new HistoryPlan
        {
            Theme = theme,
            Replicas = theme == Theme.CutOffs ? 1 : chance.Next(1, 6),
            Trouble = TimeSpan.FromMinutes(chance.Next(40, 120)),
            Crashes = theme == Theme.Calm ? 0 : theme is Theme.Crashes || rough ? 0.0015 : 0.0002,
            StoreLosses = theme is Theme.StoreTrouble || rough ? 0.01 : theme == Theme.Calm ? 0 : 0.0005,
            CutOffs = theme == Theme.CutOffs ? 0.06 : 0,
            VendorFailures = theme is Theme.VendorTrouble || rough ? 0.1 : theme == Theme.Calm ? 0 : 0.01,
            LostCreates = theme switch
            {
                Theme.Calm => 0,
                Theme.LateListings or Theme.WrongWords or Theme.AccountChanges => 0.5,
                Theme.VendorTrouble or Theme.Everything => 0.25,
                _ => 0.1,
            },
            LateListings = theme == Theme.LateListings ? 0.5 : rough ? 0.1 : 0,
            BadEnds = theme is Theme.VendorTrouble ? 0.4 : theme == Theme.Calm ? 0 : 0.15,
            WrongWords = theme == Theme.WrongWords ? 0.5 : rough ? 0.1 : 0,
            ChangesAccounts = theme == Theme.AccountChanges || (rough && chance.Next(2) == 0),
            HasStrangers = theme is not Theme.Calm && chance.Next(2) == 0,
            ResultsInStore = chance.Next(2) == 0,
        };
    }
}
