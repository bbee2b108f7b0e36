package datumpb

// Option is something that Open and its like may be told.
type Option func(*options)

type options struct {
	key       *string
	mediaRoot *string
}

// WithKey gives the text of the key that an encrypted file needs: "datum-" and 44 characters. A file that is not
// encrypted is refused then.
func WithKey(text string) Option {
	return func(o *options) { o.key = &text }
}

// WithMediaRoot names the folder that media paths are relative to. Without it that is the dataset's folder where a file is
// opened by name: the parent of its folder if that is called annotations, else its folder.
func WithMediaRoot(folder string) Option {
	return func(o *options) { o.mediaRoot = &folder }
}

func collect(opts []Option) options {
	var o options
	for _, option := range opts {
		option(&o)
	}
	return o
}
