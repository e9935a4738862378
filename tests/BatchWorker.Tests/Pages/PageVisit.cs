using Microsoft.Playwright;

namespace BatchWorker.Tests.Pages;

/// <summary>One window of the browser.</summary>
internal sealed class PageVisit : IAsyncDisposable
{
    private readonly List<string> _troubles = [];
    private readonly Uri _address;

    public PageVisit(IPage page, Uri address)
    {
        Page = page;
        _address = address;
        page.Console += (_, message) =>
        {
            if (message.Type == "error" && !message.Text.Contains("401", StringComparison.Ordinal)) // the browser's own line about the answer that asks for a key
            {
                _troubles.Add(message.Text);
            }
        };
        page.PageError += (_, error) => _troubles.Add(error);
    }

    public IPage Page { get; }

    /// <summary>Errors of the script and refusals of the page's policy.</summary>
    public IReadOnlyList<string> Troubles => _troubles;

    public async Task LogInAsync(string key, string path = "")
    {
        await Page.GotoAsync(new Uri(_address, "/batch/dashboard" + path).ToString());
        await Page.FillAsync("#login input", key);
        await Page.ClickAsync("#login button");
    }

    /// <summary>Follows a link of the navigation.</summary>
    public async Task GoAsync(string name)
    {
        await Page.ClickAsync($"nav >> text=\"{name}\"");
        await Assertions.Expect(Page.Locator("nav a[aria-current=page]")).ToHaveTextAsync(name);
    }

    public async Task ConfirmAsync() => await Page.ClickAsync("#ask button[value=yes]");

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}
