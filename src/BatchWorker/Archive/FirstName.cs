using System.ComponentModel;
using System.Runtime.InteropServices;

namespace BatchWorker.Archive;

/// <summary>
/// Gives a finished file its name if nobody has taken it. On Unix with a link, which takes a name once (link(2)): .NET's own move looks whether
/// the name is free and renames then, so of two processes the second replaces what the first one has.
/// </summary>
internal static partial class FirstName
{
    private const int Exists = 17; // EEXIST

    /// <summary>False when the name was taken; the draft is gone either way.</summary>
    public static bool TryTake(string draft, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMove(draft, path);
        }
        var taken = Link(draft, path) == 0;
        var error = Marshal.GetLastPInvokeError();
        File.Delete(draft);
        return taken || error == Exists ? taken : throw new IOException($"{path} can not be written.", new Win32Exception(error));
    }

    private static bool TryMove(string draft, string path)
    {
        try
        {
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
