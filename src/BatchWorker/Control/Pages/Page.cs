using Microsoft.AspNetCore.Components;

namespace BatchWorker.Control.Pages;

/// <summary>What the pages of the dashboard have in common. Components are public by their compiler, what they show is not: so it comes as an object.</summary>
public abstract class Page : ComponentBase
{
    /// <summary>What is shown; of the type that the page reads.</summary>
    [Parameter, EditorRequired]
    public object Data { get; set; } = null!;
}
